// Wakers: eventfd, pipe.
import { native } from 'eventfd/internal';
import { beforeAll, expect, test } from 'vitest';
import { output } from '../support/child.js';

/** As Node has errors of the kernel, and says what to do. */
const EMFILE = { name: 'Error', code: 'EMFILE', errno: -24, syscall: native.waker, advises: true };

// biome-ignore lint/suspicious/noExplicitAny: what the fixture printed
let seen: any;

beforeAll(async () => {
  seen = JSON.parse(await output('emfile-first-wait.mjs', [], [], '-n 64'));
});

test("a thread's first wait, which finds no descriptor for a waker, fails and says so, whatever it waits for", () => {
  expect(Object.keys(seen.failed).length).toBeGreaterThan(20);
  for (const [wait, outcome] of Object.entries(seen.failed)) expect(outcome, wait).toEqual(EMFILE);
});

test('what need not wait needs no descriptor', () => {
  expect(seen.unaffected).toEqual({
    'tryAcquire that fails': 'ended',
    'acquire that is served at once': 'ended',
    'acquire with a timeout of 0': 'ERR_TIMEOUT',
    'acquireSync with a timeout of 0': 'ERR_TIMEOUT',
    'acquire with an aborted signal': 'aborted',
  });
});

test('the failed waits have left every queue, called nothing, and let go of nothing', () => {
  expect(seen.left).toEqual({
    called: false,
    waiting: 0,
    held: [1, true, 1, true, true], // the guard of a Condition is locked still
    latch: 1,
    broken: false,
  });
});

test('once descriptors are there again, the same objects work', () => {
  expect(seen.worked).toEqual(['Semaphore', 'Mutex', 'RwLock', 'Condition', 'Signal', 'Event', 'Latch', 'Barrier']);
  expect(seen.after).toEqual({ available: 1, locked: false });
});
