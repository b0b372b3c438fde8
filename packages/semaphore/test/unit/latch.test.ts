import { Latch } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const MOST = 2 ** 29 - 1;

test('it opens at 0, and stays open', async () => {
  using latch = new Latch(3);
  latch.countDown();
  expect(latch.count).toBe(2);
  expect(() => latch.waitSync({ timeout: 0 })).toThrow(timedOut);
  await expect(latch.wait({ timeout: 1 })).rejects.toThrow(timedOut);
  expect(latch.count).toBe(2);
  latch.countDown(2);
  expect(latch.count).toBe(0);
  for (let i = 0; i < 3; i++) {
    latch.waitSync({ timeout: 0 });
    await latch.wait({ timeout: 0 });
  }
});

test('more than is left counts down to 0', () => {
  using latch = new Latch(3);
  latch.countDown(MOST);
  expect(latch.count).toBe(0);
  latch.countDown();
  latch.countDown(MOST);
  expect(latch.count).toBe(0);
  latch.waitSync({ timeout: 0 });
});

test('of 0 it is open from the start', async () => {
  using latch = new Latch(0);
  expect(latch.count).toBe(0);
  await latch.wait({ timeout: 0 });
  await latch.arriveAndWait();
  latch.arriveAndWaitSync();
  expect(latch.count).toBe(0);
});

test('the largest count goes down like any other', async () => {
  using latch = new Latch(MOST);
  expect(latch.count).toBe(MOST);
  const wait = latch.wait();
  latch.countDown(MOST - 1);
  expect([latch.count, latch.waiting]).toEqual([1, 1]);
  latch.countDown();
  await within('the wait', wait, latch);
  expect(latch.count).toBe(0);
});

test('four threads count it down exactly, and all waiters pass at the last', async () => {
  const EACH = 50_000;
  using latch = new Latch(4 * EACH + 1);
  const counters = await Peer.startMany(4, latch);
  const waiters = await Peer.startMany(2, latch);
  let passed = 0;
  const waits = [latch.wait(), waiters[0]?.call('wait'), waiters[1]?.call('waitSync')].map(async (wait) => {
    await wait;
    passed++;
  });
  await queued(latch, 3);
  await Promise.all(counters.map((counter) => counter.do('repeat', 'countDown', EACH, 0)));
  expect([latch.count, latch.waiting, passed]).toEqual([1, 3, 0]);
  latch.countDown();
  await within('the waiters', Promise.all(waits), latch);
  expect([latch.count, latch.waiting]).toEqual([0, 0]);
  for (const peer of [...counters, ...waiters]) await peer.terminate();
});

test('a thread that ends without counting down is not counted for it', async () => {
  using latch = new Latch(1);
  const peer = await Peer.start(latch);
  await peer.do('begin', 'w');
  await peer.terminate();
  expect([latch.count, latch.waiting]).toEqual([1, 0]);
});

describe('arriveAndWait', () => {
  test('counts down by one and waits for the others, on many threads and in all ways', async () => {
    using latch = new Latch(5);
    const peers = await Peer.startMany(4, latch);
    const arrivals = peers.map((peer, i) => peer.call(i % 2 === 0 ? 'arriveAndWait' : 'arriveAndWaitSync'));
    await queued(latch, 4);
    expect(latch.count).toBe(1);
    await within('the last', latch.arriveAndWait(), latch);
    await within('the others', Promise.all(arrivals), latch);
    for (const peer of peers) await peer.terminate();
  });

  test('given up, has counted down all the same', async () => {
    using latch = new Latch(4);
    expect(() => latch.arriveAndWaitSync({ timeout: 0 })).toThrow(timedOut);
    await expect(latch.arriveAndWait({ timeout: 1 })).rejects.toThrow(timedOut);
    const abort = new AbortController();
    const wait = latch.arriveAndWait({ signal: abort.signal });
    abort.abort('enough');
    await expect(wait).rejects.toBe('enough');
    expect([latch.count, latch.waiting]).toEqual([1, 0]);
  });

  test('with options that are wrong counts nothing', async () => {
    using latch = new Latch(2);
    await expect(latch.arriveAndWait({ timeout: -1 })).rejects.toThrow(RangeError);
    expect(() => latch.arriveAndWaitSync({ timeout: '1' as never })).toThrow(TypeError);
    expect(() => latch.countDown(0)).toThrow(RangeError);
    expect(latch.count).toBe(2);
  });
});
