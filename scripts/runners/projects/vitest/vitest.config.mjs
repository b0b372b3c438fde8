import { defineConfig } from 'vitest/config';

// With INLINE the packages go through Vite, and vi.resetModules evaluates them anew over the one addon.
const inline = process.env.INLINE === '1' ? [/eventfd/] : [];
// With TWO a thread each for two files that meet.
const two = process.env.TWO === '1';

export default defineConfig({
  test: {
    include: [two ? 'two/*.mjs' : '**/*.test.mjs'],
    testTimeout: 60_000,
    isolate: process.env.ISOLATE !== '0',
    maxWorkers: two ? 2 : 1,
    server: { deps: { inline } },
  },
});
