import { defineConfig } from 'vitest/config';

// These need a PostgreSQL server, which `pnpm test` must do without: `pnpm test:postgres` runs them, and CI does.
const needPostgres = '**/*.postgres.test.ts';
// The same of Chromium, and `pnpm test:report`.
const needChromium = '**/*.chromium.test.ts';
const { EVENTFD_TEST_POSTGRES: testPostgres, EVENTFD_TEST_CHROMIUM: testChromium } = process.env;

export default defineConfig({
  test: {
    exclude: [
      '**/node_modules/**',
      ...(testPostgres === '1' ? [] : [needPostgres]),
      ...(testChromium === '1' ? [] : [needChromium]),
    ],
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
    // A process per file, one file at a time: the tests start threads of their own that race each other, and on two
    // cores a second file would turn those races into turns. It also keeps one file's descriptors out of another's.
    pool: 'forks',
    fileParallelism: false,
    // Deadlines, not expectations: nothing here waits for them unless something hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/watchdog.ts'],
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    // Node loads the built packages itself, so a test and the workers it starts run the very same files.
    server: { deps: { external: [/\/packages\/[^/]+\/(dist|lib)\//] } },
  },
});
