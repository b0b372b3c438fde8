import { inspect as format } from 'node:util';
import { threadId } from 'node:worker_threads';
import { inspect, RateLimit } from '@eventfd/semaphore';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { invalidHandle, invalidType, outOfRange, queueFull, timedOut } from '../support/errors.js';
import { Peer } from '../support/peer.js';
import { isPending } from '../support/pending.js';

/** A token an hour: while a test runs there comes none. */
const HOUR = 3_600_000;
const slow = (burst = 2, more = {}) => new RateLimit({ limit: 1, interval: HOUR, burst, name: 'slow', ...more });

let rate: RateLimit;
beforeEach(() => {
  rate = slow();
});
afterEach(() => rate[Symbol.dispose]());

const spend = (limit: RateLimit) => {
  while (limit.tryAcquire());
};

test('gives a burst, and then no more', () => {
  expect([rate.tryAcquire(), rate.tryAcquire(), rate.tryAcquire()]).toEqual([true, true, false]);
  expect(rate.available).toBe(0);
});

test('several at once are had together or not at all', () => {
  rate.tryAcquire();
  expect(rate.tryAcquire(2)).toBe(false);
  expect([rate.available, rate.tryAcquire()]).toEqual([1, true]);
});

test('who waits is served in order of arrival, promises and blocked threads, and takes the time that its permits take', async () => {
  using limit = new RateLimit({ limit: 100, interval: 1000, burst: 2 });
  spend(limit);
  const peer = await Peer.start(limit);
  spend(limit);
  const began = performance.now();
  const served: string[] = [];
  const note = (name: string) => () => void served.push(name);
  const waits = [limit.acquire({ permits: 2 }).then(note('two'))];
  waits.push(limit.acquire().then(note('promise')));
  waits.push(peer.call('acquireSync').then(note('blocked')));
  await until('three to wait or be served', () => limit.waiting + served.length >= 3 || served.length > 0);
  waits.push(limit.acquire().then(note('last')));
  await within('all', Promise.all(waits), limit);
  expect(served.filter((each) => each !== 'blocked')).toEqual(['two', 'promise', 'last']);
  // Never earlier than the rate allows, however late on a busy machine: five in all, of which none was there at first.
  expect(performance.now() - began).toBeGreaterThan(39);
  await peer.terminate();
});

test('nobody overtakes who waits', async () => {
  const wait = rate.acquire({ permits: 2 });
  await wait;
  const abort = new AbortController();
  const second = expect(rate.acquire({ signal: abort.signal })).rejects.toThrow('aborted');
  expect([rate.tryAcquire(), rate.waiting]).toEqual([false, 1]);
  abort.abort();
  await second;
  expect(rate.waiting).toBe(0);
});

test('a wait that could not end in time is refused at once, and told when to come again', async () => {
  spend(rate);
  const refused = { code: 'ERR_TIMEOUT', name: 'TimeoutError', retryAfter: expect.closeTo(HOUR, -5) };
  await expect(rate.acquire({ timeout: HOUR / 2 })).rejects.toMatchObject(refused);
  await expect(rate.acquire({ timeout: 0 })).rejects.toMatchObject(refused);
  expect(() => rate.acquireSync({ timeout: HOUR / 2 })).toThrow(timedOut);
  const inTime = rate.acquire({ timeout: 2 * HOUR, ref: false });
  expect(await isPending(inTime)).toBe(true);
  // It stands before all that come now.
  await expect(rate.acquire({ timeout: HOUR })).rejects.toMatchObject({ retryAfter: expect.closeTo(2 * HOUR, -5) });
  inTime.catch(() => {});
  rate.close();
  await expect(inTime).rejects.toMatchObject({ code: 'ERR_RATELIMIT_CLOSED' });
});

test('an abort leaves nothing behind', async () => {
  spend(rate);
  const abort = new AbortController();
  const first = rate.acquire({ permits: 2, signal: abort.signal });
  abort.abort(new Error('changed its mind'));
  await expect(first).rejects.toThrow('changed its mind');
  await expect(rate.acquire({ timeout: 1 })).rejects.toMatchObject({ retryAfter: expect.closeTo(HOUR, -5) });
  await expect(rate.acquire({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
});

test('is shared by threads: what one spends another has not, and a place comes back with a death', async () => {
  const peer = await Peer.start(rate);
  expect(await peer.call('tryAcquire', 2)).toBe(true);
  expect(rate.tryAcquire()).toBe(false);
  const never = expect(peer.call('acquireSync', { permits: 2 })).rejects.toThrow('The worker is gone');
  await until('it waits', () => rate.waiting === 1);
  await expect(rate.acquire({ timeout: 1 })).rejects.toMatchObject({ retryAfter: expect.closeTo(3 * HOUR, -5) });
  await peer.terminate();
  await never;
  expect(rate.waiting).toBe(0);
  await expect(rate.acquire({ timeout: 1 })).rejects.toMatchObject({ retryAfter: expect.closeTo(HOUR, -5) });
});

test('maxWaiting bounds its queue', async () => {
  using bounded = slow(1, { maxWaiting: 0 });
  spend(bounded);
  await expect(bounded.acquire()).rejects.toEqual(queueFull);
  expect(() => bounded.acquireSync()).toThrow(queueFull);
});

test('says what it is, to inspect(), to console.log and to another copy of itself', async () => {
  const state = { limit: 1, interval: HOUR, burst: 2, available: 2 };
  const found = () => inspect().find(({ kind, closed }) => kind === 'RateLimit' && !closed);
  expect(found()).toMatchObject({ kind: 'RateLimit', name: 'slow', state, holders: [], waiters: [] });
  expect(format(rate)).toContain(
    'RateLimit "slow" { limit: 1, interval: 3600000, burst: 2, available: 2, waiting: 0 }',
  );
  spend(rate);
  const wait = rate.acquire({ permits: 2, ref: false });
  expect(found()?.waiters).toMatchObject([{ threadId, permits: 2, sync: false }]);
  wait.catch(() => {});
  const again = RateLimit.from(structuredClone(rate));
  expect([again.limit, again.interval, again.burst, again.waiting]).toEqual([1, HOUR, 2, 1]);
  expect(() => RateLimit.from({} as never)).toThrow(invalidHandle);
  rate.close();
  expect([again.closed, () => again.tryAcquire()]).toEqual([true, expect.any(Function)]);
  expect(() => again.tryAcquire()).toThrow('is closed');
});

describe('bad input', () => {
  test.each([
    ['limit', 0],
    ['limit', 1.5],
    ['limit', 2 ** 29],
    ['interval', 0],
    ['interval', -1],
    ['interval', Number.NaN],
    ['interval', Infinity],
    ['burst', 0],
    ['burst', 2 ** 29],
    ['burst', 2 ** 28],
    ['maxWaiting', -1],
  ])('%s: %d is out of range', (name, value) => {
    const options = { limit: 1, interval: 1000, [name]: value };
    expect(() => new RateLimit(options)).toThrow(outOfRange(`options.${name}`, value));
  });

  test('a rate that the clock cannot count, and the highest that it can', () => {
    using highest = new RateLimit({ limit: 1e8 });
    expect(highest.tryAcquire()).toBe(true);
    expect(() => new RateLimit({ limit: 2 ** 29 - 1, interval: 1 })).toThrow(outOfRange('options.interval', 1));
  });

  test.each(['limit', 'interval', 'burst', 'maxWaiting'])('%s of another type', (name) => {
    expect(() => new RateLimit({ limit: 1, [name]: '1' } as never)).toThrow(
      invalidType(`options.${name}`, "type string \\('1'\\)"),
    );
  });

  test.each([undefined, null, 5])('%o for options', (value) => {
    expect(() => new RateLimit(value as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });

  test('permits', async () => {
    expect(() => rate.tryAcquire(3)).toThrow(outOfRange('permits', 3));
    expect(() => rate.tryAcquire('1' as never)).toThrow(invalidType('permits', "type string \\('1'\\)"));
    for (const permits of [0, 3, 0.5]) {
      await expect(rate.acquire({ permits })).rejects.toEqual(outOfRange('options.permits', permits));
      expect(() => rate.acquireSync({ permits })).toThrow(outOfRange('options.permits', permits));
    }
    expect(rate.available).toBe(2);
  });
});
