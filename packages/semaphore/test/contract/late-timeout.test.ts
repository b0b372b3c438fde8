/** What was granted in time is not reported as timed out because the thread was late to look. */
import { mock } from 'node:test';
import { Semaphore, Signal } from '@eventfd/semaphore';
import { afterEach, describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { Peer } from '../support/peer.js';
import { atBarrier, expectNothingLeft, timedWaits } from '../support/waits.js';

const timedOut = expect.objectContaining({ code: 'ERR_TIMEOUT' });

afterEach(() => mock.timers.reset());

describe.each(Object.entries(timedWaits))('%s', (_, make) => {
  test('let through before its timer fires, it passes, whichever the loop comes to first', async () => {
    const waited = make();
    mock.timers.enable({ apis: ['setTimeout'] });
    const wait = waited.wait({ timeout: 1000 });
    await turns(5);
    waited.open();
    mock.timers.tick(1000);
    mock.timers.reset();
    await within('the wait', wait, waited);
    expect(waited.waiting).toBe(0);
  });

  test('the same with a loop that was busy for longer than the timeout', async () => {
    const waited = make();
    const wait = waited.wait({ timeout: 1 });
    // Its timer starts in this turn; nothing runs between here and the next.
    await null;
    await null;
    waited.open();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    await within('the wait', wait, waited);
    expect(waited.waiting).toBe(0);
  });

  test('let through and aborted before anybody saw it, it does not pass, and the next does', async () => {
    const waited = make();
    mock.timers.enable({ apis: ['setTimeout'] });
    const abort = new AbortController();
    const wait = waited.wait({ timeout: 1000, signal: abort.signal });
    const given = expect(wait).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await turns(5);
    abort.abort();
    mock.timers.tick(1000);
    mock.timers.reset();
    await within('the wait', given, waited);
    await expectNothingLeft(waited);
  });
});

test('a Barrier that is complete before a timer fires lets all pass', async () => {
  const waited = atBarrier();
  mock.timers.enable({ apis: ['setTimeout'] });
  const all = [waited.wait({ timeout: 1000 }), waited.wait({ timeout: 1000 })];
  await turns(3);
  waited.open();
  mock.timers.tick(1000);
  mock.timers.reset();
  await within('the barrier', Promise.all(all), waited);
});

test('closed before its timer fires, a wait says so', async () => {
  const semaphore = new Semaphore(0);
  mock.timers.enable({ apis: ['setTimeout'] });
  const wait = semaphore.acquire({ timeout: 1000 });
  semaphore.close();
  mock.timers.tick(1000);
  mock.timers.reset();
  await expect(within('the wait', wait)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SEMAPHORE_CLOSED' }));
});

test('woken to try, and overtaken before its timer fires, it has timed out, and leaves the permit to who has it', async () => {
  const semaphore = new Semaphore(1);
  const first = semaphore.acquireSync();
  mock.timers.enable({ apis: ['setTimeout'] });
  const wait = semaphore.acquire({ timeout: 1000 });
  const given = expect(wait).rejects.toThrow(timedOut);
  await turns(2);
  first.release();
  const faster = semaphore.acquireSync();
  mock.timers.tick(1000);
  mock.timers.reset();
  await within('the wait', given, semaphore);
  expect([semaphore.available, semaphore.waiting]).toEqual([0, 0]);
  faster.release();
  expect(semaphore.available).toBe(1);
});

test('the timers of many fire with some let through: none is lost, and none passes twice', async () => {
  const signal = new Signal();
  mock.timers.enable({ apis: ['setTimeout'] });
  const waits = Array.from({ length: 600 }, () =>
    signal.wait({ timeout: 1000 }).then(
      () => 'passed',
      () => 'timed out',
    ),
  );
  await turns(2);
  signal.post(400);
  mock.timers.tick(1000);
  mock.timers.reset();
  const ends = await within('the waits', Promise.all(waits), signal);
  expect(ends.filter((end) => end === 'passed').length).toBe(400);
  expect([signal.count, signal.waiting]).toEqual([0, 0]);
});

test('a blocked thread whose time is up takes what was posted until then: nothing is lost between many of them', async () => {
  const signal = new Signal();
  const peer = await Peer.start(signal);
  const posting = peer.do('repeat', 'post', 3000, 0, 1);
  let passed = 0;
  while (passed + signal.count < 3000) {
    for (let i = 0; i < 50; i++) {
      try {
        signal.waitSync({ timeout: 0.01 });
        passed++;
      } catch (error) {
        expect(error).toEqual(timedOut);
      }
    }
    await turns(1);
  }
  await posting;
  expect(passed + signal.count).toBe(3000);
  await peer.terminate();
});
