// The tests that depend on how a thread is woken, under the wakers that Linux does not use by itself
// (packages/eventfd/native/loop/waker.h): `pnpm test:wakers [pipe|async|futex...] [vitest's arguments...]`. `pnpm test` is the
// same for the eventfd.
//
// A test that looks at one waker itself says so in its head, `// Wakers: eventfd.`, and is left out for others.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const NAMES = ['eventfd', 'pipe', 'async', 'futex'];
const given = process.argv.slice(2).filter((argument) => argument !== '--');
const named = given.filter((argument) => NAMES.includes(argument));
const wakers = named.length > 0 ? named : ['pipe', 'async', 'futex'];
const forVitest = given.filter((argument) => !named.includes(argument));

/** Where threads wait, are woken, give up, turn their loop and die, at every point of the native code. */
const SUITES = [
  'packages/semaphore/test/contract/both-ways.test.ts',
  'packages/semaphore/test/contract/burst.test.ts',
  'packages/semaphore/test/contract/cancel.test.ts',
  'packages/semaphore/test/contract/loop.test.ts',
  'packages/semaphore/test/contract/uncaught.test.ts',
  'packages/semaphore/test/copies/mixed.test.ts',
  'packages/semaphore/test/fault/few-descriptors.test.ts',
  'packages/semaphore/test/fault/hears-its-loop.test.ts',
  'packages/semaphore/test/fault/main-blocked.test.ts',
  'packages/semaphore/test/fault/points-cancel.test.ts',
  'packages/semaphore/test/fault/points-hook.test.ts',
  'packages/semaphore/test/fault/points-wait.test.ts',
  'packages/semaphore/test/fault/points-wake.test.ts',
  'packages/semaphore/test/fault/process-exit.test.ts',
  'packages/semaphore/test/fault/terminate-blocked.test.ts',
  'packages/semaphore/test/fault/vm-timeout.test.ts',
  'packages/semaphore/test/fault/waiter-dies.test.ts',
  'packages/semaphore/test/unit/condition-threads.test.ts',
  'packages/semaphore/test/unit/rate-limit.test.ts',
];
/** Of the futex, which is the condition's twin: that it wakes. */
const FEWER = [
  'packages/semaphore/test/contract/both-ways.test.ts',
  'packages/semaphore/test/fault/waiter-dies.test.ts',
];
const SOAK_MINUTES = 0.1;

/** The tests in those folders and files that are for the waker. */
function testsFor(waker) {
  const tests = [];
  const leftOut = [];
  for (const suite of forVitest.length > 0 ? forVitest : waker === 'futex' ? FEWER : SUITES) {
    const files = suite.endsWith('.ts')
      ? [suite]
      : readdirSync(join(root, suite), { recursive: true })
          .filter((file) => file.endsWith('.test.ts'))
          .sort()
          .map((file) => join(suite, file));
    for (const file of files) {
      const said = /^\/\/ Wakers: (.*)\.$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1];
      (said === undefined || said.split(', ').includes(waker) ? tests : leftOut).push(file);
    }
  }
  console.log(`wakers: ${waker}: ${tests.length} files of tests; not for it: ${leftOut.join(', ') || 'none'}`);
  return tests;
}

/** Whether all passes with that waker. */
function check(waker) {
  const env = { ...process.env, EVENTFD_WAKER: waker };
  const node = (...args) =>
    spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const print =
    "const { native } = await import('./packages/eventfd/lib/internal.js'); process.stdout.write(native.waker)";
  const used = spawnSync(process.execPath, ['--input-type=module', '-e', print], { cwd: root, env, encoding: 'utf8' });
  if (used.stdout !== waker) throw new Error(`asked for the waker ${waker}, got ${used.stdout || used.stderr}`);
  if (node('node_modules/vitest/vitest.mjs', 'run', ...testsFor(waker)).status !== 0) return false;
  return node('packages/semaphore/test/soak/main.mjs', '--minutes', String(SOAK_MINUTES)).status === 0;
}

const failed = wakers.filter((waker) => {
  const started = performance.now();
  const passed = check(waker);
  console.log(`wakers: ${waker}: ${passed ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  return !passed;
});
process.exit(failed.length === 0 ? 0 : 1);
