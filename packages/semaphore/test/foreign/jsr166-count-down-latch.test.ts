/**
 * The rules of JSR-166's TCK for java.util.concurrent.CountDownLatch, in tests of our own, for Latch.
 *
 * Source: OpenJDK, test/jdk/java/util/concurrent/tck/CountDownLatchTest.java, read in the fork GeoStudios/Centurion at
 * b32e05c5d097. By Doug Lea and the JSR-166 expert group, public domain (CC0); distributed by OpenJDK under GPL-2.0. Its
 * rules were read, no text was taken.
 *
 * | there | here |
 * |---|---|
 * | Constructor | a negative count is refused |
 * | GetCount, CountDown | the count goes down to 0 and stays there |
 * | Await, TimedAwait | a wait ends when the count is 0, not before, each way; with other threads that wait |
 * | Await_Interruptible, TimedAwait_Interruptible | a wait is aborted, before it begins and while it lasts; terminate() ends a blocked one; the count stays |
 * | AwaitTimeout | a wait times out, not early, and the count stays; with a TimeoutError, not false |
 * | ToString | the count is shown, as console.log shows it |
 */
import { inspect } from 'node:util';
import { Latch } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { outOfRange, timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';
import { isPending } from '../support/pending.js';

const waits = [
  { method: 'wait', timeout: undefined },
  { method: 'wait', timeout: 60_000 },
  { method: 'waitSync', timeout: undefined },
  { method: 'waitSync', timeout: 60_000 },
] as const;

test('a negative count is refused', () => {
  expect(() => new Latch(-1)).toThrow(outOfRange('count', -1));
});

test('the count goes down to 0 and stays there', () => {
  const latch = new Latch(2);
  expect(latch.count).toBe(2);
  latch.countDown();
  expect(latch.count).toBe(1);
  latch.countDown();
  expect(latch.count).toBe(0);
  latch.countDown();
  expect(latch.count).toBe(0);
});

describe('a wait of another thread ends when the count is 0, not before', () => {
  test.each(waits)('$method, timeout $timeout', async ({ method, timeout }) => {
    const latch = new Latch(2);
    const peer = await Peer.start(latch);
    expect(await peer.get('count')).toBe(2);
    const through = peer.call(method, { timeout });
    await queued(latch, 1);
    expect(latch.count).toBe(2);
    latch.countDown();
    expect(latch.count).toBe(1);
    expect(await isPending(through)).toBe(true);
    expect(latch.waiting).toBe(1);
    latch.countDown();
    expect(latch.count).toBe(0);
    await within('the other thread', through, latch);
    expect([await peer.get('count'), latch.waiting]).toEqual([0, 0]);
    await peer.terminate();
  });
});

test.each([undefined, 60_000])(
  'a wait is aborted, before it begins and while it lasts: timeout %s',
  async (timeout) => {
    const latch = new Latch(1);
    const reason = new Error('interrupted');
    await expect(latch.wait({ timeout, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const wait = latch.wait({ timeout, signal: abort.signal });
    expect(latch.waiting).toBe(1);
    abort.abort(reason);
    await expect(wait).rejects.toBe(reason);
    expect([latch.count, latch.waiting]).toEqual([1, 0]);
  },
);

test.each([undefined, 60_000])('terminate() ends a blocked wait, and the count stays: timeout %s', async (timeout) => {
  const latch = new Latch(1);
  const peer = await Peer.start(latch);
  peer.tell('call', 'waitSync', { timeout });
  await queued(latch, 1);
  await peer.terminate();
  expect([latch.count, latch.waiting]).toEqual([1, 0]);
});

test.each(['wait', 'waitSync'] as const)(
  '%s of another thread times out, not early, and the count stays',
  async (how) => {
    const latch = new Latch(1);
    const peer = await Peer.start(latch);
    await expect(peer.call(how, { timeout: 12 })).rejects.toMatchObject({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });
    expect([await peer.get('count'), latch.count, latch.waiting]).toEqual([1, 1, 0]);
    await peer.terminate();

    const start = performance.now();
    if (how === 'wait') await expect(latch.wait({ timeout: 12 })).rejects.toThrow(timedOut);
    else expect(() => latch.waitSync({ timeout: 12 })).toThrow(timedOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(12);
  },
);

test('the count is shown', () => {
  const latch = new Latch(2);
  for (const count of [2, 1, 0]) {
    expect(inspect(latch)).toContain(`count: ${count}`);
    latch.countDown();
  }
});
