import { defineConfig } from 'vitest/config';

// These need a PostgreSQL server, which `pnpm test` must do without: `pnpm test:postgres` runs them, and CI does.
const needPostgres = '**/*.postgres.test.ts';
// The same of Chromium, and `pnpm test:report` and `test:site`.
const needChromium = '**/*.chromium.test.ts';
// Of these the outcome is the same on every Node: the core in C++ without any, pages that are read or compiled, and sums.
// `pnpm test` runs them, and the matrix leaves them out.
const sameOnAll = [
  'packages/eventfd/test/native/**',
  'packages/semaphore/test/docs/{figures,migration,works-with}.test.ts',
  'bench/test/{estimate,report,rounds,settle,statistics}.test.ts',
];
const {
  EVENTFD_TEST_POSTGRES: testPostgres,
  EVENTFD_TEST_CHROMIUM: testChromium,
  EVENTFD_TEST_MATRIX: inMatrix,
} = process.env;

const exclude = [
  '**/node_modules/**',
  ...(testPostgres === '1' ? [] : [needPostgres]),
  ...(testChromium === '1' ? [] : [needChromium]),
  ...(inMatrix === '1' ? sameOnAll : []),
];

// Several of these at a time take no turn from each other: they wait for servers, for leases to run out, or for processes that
// do one thing after the other; or they start no thread at all.
const besides = [
  'bench/test/**/*.test.ts',
  'packages/eventfd/test/lifecycle/{loop,process-exit}.test.ts',
  'packages/lease/test/**/*.test.ts',
  'packages/semaphore/test/{copies,docs}/**/*.test.ts',
  'packages/semaphore/test/contract/{foreign-clocks,foreign-timers,throwing,uncaught}.test.ts',
  'packages/semaphore/test/fault/vm-cleanups.test.ts',
  'packages/semaphore/test/unit/{foreign-errors,leaks,long-waits,other-process,warn-after}.test.ts',
];

export default defineConfig({
  test: {
    // A process per file.
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          exclude: [...exclude, ...besides],
          // One file at a time: the tests start threads of their own that race each other, and on two cores a second file
          // would turn those races into turns. It also keeps one file's descriptors out of another's.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'beside', include: besides, exclude, maxWorkers: 3, sequence: { groupOrder: 2 } },
      },
    ],
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
