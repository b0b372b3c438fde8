import { defineConfig } from 'vitest/config';

// With INLINE the packages go through Vite, and vi.resetModules evaluates them anew over the one addon.
const inline = process.env.INLINE === '1' ? [/eventfd/] : [];

export default defineConfig({
  test: {
    include: ['**/*.test.mjs'],
    testTimeout: 60_000,
    isolate: process.env.ISOLATE !== '0',
    maxWorkers: 1,
    server: { deps: { inline } },
  },
});
