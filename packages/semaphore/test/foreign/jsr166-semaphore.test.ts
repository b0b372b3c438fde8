/**
 * The rules of JSR-166's TCK for java.util.concurrent.Semaphore, in tests of our own.
 *
 * Source: openjdk/jdk, test/jdk/java/util/concurrent/tck/SemaphoreTest.java at 1f0ce1e73560. By Doug Lea and the JSR-166
 * expert group, public domain (CC0); distributed by OpenJDK under GPL-2.0. Its rules were read, no text was taken.
 *
 * Like there, what does not say otherwise runs in both modes, default and fair. `release(n)` without a permit is `grow(n)`
 * here, `reducePermits(n)` is `shrink(n)`, an interrupt is an abort, or for a blocked thread its `terminate()`.
 *
 * | there | here |
 * |---|---|
 * | Constructor | the number given is available. Negative ones, allowed there, are refused: nobody could give back what is missing |
 * | ConstructorDefaultsToNonFair | not fair unless told so |
 * | TryAcquireInSameThread, TryAcquireNInSameThread | tryAcquire succeeds while there are enough |
 * | TryAcquire_timeout, TryAcquireN_timeout | a wait times out, not early, and leaves nothing behind; with a TimeoutError, not false. More than there are, waited for there by anybody, are here where `max` was given: these tests give it |
 * | Interruptible (8 cases) | a wait is aborted, before it begins and while it lasts; terminate() ends a blocked one |
 * | Uninterruptible (4) | a wait without a signal has no way to be interrupted but the end of its thread: same test |
 * | HasQueuedThreads, GetQueueLength, GetQueuedThreads | the queue is seen: `waiting`, and `inspect()` for the threads |
 * | DrainPermits | all free permits are taken away: no method of that name, `shrink(available)` does it |
 * | ReleaseIAE, ReducePermitsIAE | a negative number of permits is refused |
 * | ReducePermits | shrink. Below what there is it is refused; below what is free it waits for holders. 0 is refused too |
 * | Serialization | what is posted is no copy: the same permits, the same fairness, the same queue |
 * | ReleaseAcquireSameThread (16) | what was added can be acquired, each way, 1 to 5 at once |
 * | ReleaseAcquireDifferentThreads (12) | permits added in one thread let another go on, each way |
 * | FairLocksFifo | first in, first out. There an untimed tryAcquire may overtake; here it may not |
 * | ToString | the state is shown, as console.log shows it |
 * | ShortTimeoutAcquisition (JDK-8386085) | permits that come into a storm of short timeouts are taken, every one |
 */
import { inspect } from 'node:util';
import { Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { outOfRange, timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { threadsInQueue } from '../support/onlooker.js';
import { Puppet } from '../support/puppet.js';

/** The ways to wait; those with a timeout are not to run into it. */
const ways = [
  { way: 'acquire', sync: false, timeout: undefined },
  { way: 'acquire with a timeout', sync: false, timeout: 60_000 },
  { way: 'acquireSync', sync: true, timeout: undefined },
  { way: 'acquireSync with a timeout', sync: true, timeout: 60_000 },
] as const;

/** Permits will be added: one may wait for more than there are. */
const max = 1000;

/** Waits for permits in another thread, and keeps them until it ends; what became of it. */
const acquire = async (
  { semaphore }: { semaphore: Semaphore },
  { sync, ...options }: { sync: boolean; permits?: number; timeout?: number | undefined },
) => (sync ? semaphore.acquireSync(options) : await semaphore.acquire(options)).count;

test('not fair unless told so', () => {
  expect(new Semaphore(1).fair).toBe(false);
});

describe.each([
  ['default', false],
  ['fair', true],
])('%s', (mode, fair) => {
  test.each([0, 1, 42])('of %i permits so many are available', (permits) => {
    const semaphore = new Semaphore(permits, { fair });
    expect([semaphore.available, semaphore.permits, semaphore.fair]).toEqual([permits, permits, fair]);
  });

  test.each([-1, -42])('%i permits are refused', (permits) => {
    expect(() => new Semaphore(permits, { fair })).toThrow(outOfRange('permits', permits));
  });

  test('tryAcquire succeeds while there are enough, and a failure takes nothing', () => {
    const ones = new Semaphore(2, { fair });
    expect([ones.tryAcquire()?.count, ones.tryAcquire()?.count, ones.available]).toEqual([1, 1, 0]);
    expect([ones.tryAcquire(), ones.tryAcquire(), ones.available]).toEqual([undefined, undefined, 0]);

    const several = new Semaphore(2, { fair });
    expect([several.tryAcquire(3), several.available]).toEqual([undefined, 2]);
    expect([several.tryAcquire(2)?.count, several.available]).toEqual([2, 0]);
    expect([several.tryAcquire(1), several.tryAcquire(2), several.available]).toEqual([undefined, undefined, 0]);
  });

  test.each([
    { there: 0, permits: 1 },
    { there: 2, permits: 3 },
  ])('a wait for $permits of $there times out, not early, and leaves nothing behind', async ({ there, permits }) => {
    const semaphore = new Semaphore(there, { fair, max });
    const timeout = 12;
    let start = performance.now();
    expect(() => semaphore.acquireSync({ permits, timeout })).toThrow(timedOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(timeout);
    start = performance.now();
    await expect(semaphore.acquire({ permits, timeout })).rejects.toThrow(timedOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(timeout);
    expect([semaphore.available, semaphore.waiting]).toEqual([there, 0]);
  });

  test.each([1, 3])('a wait for %i is aborted, before it begins and while it lasts', async (permits) => {
    const semaphore = new Semaphore(0, { fair, max });
    for (const timeout of [undefined, 60_000]) {
      const reason = new Error('interrupted');
      await expect(semaphore.acquire({ permits, timeout, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const abort = new AbortController();
      const wait = semaphore.acquire({ permits, timeout, signal: abort.signal });
      expect(semaphore.waiting).toBe(1);
      abort.abort(reason);
      await expect(wait).rejects.toBe(reason);
      expect([semaphore.waiting, semaphore.available]).toEqual([0, 0]);
    }
  });

  test.each(ways)('the end of its thread interrupts $way, and the next in the queue is served', async (way) => {
    const semaphore = new Semaphore(1, { fair, max });
    const [first, second] = (await Puppet.startMany(2, { semaphore })) as [
      Puppet<{ semaphore: Semaphore }>,
      Puppet<{ semaphore: Semaphore }>,
    ];
    first.tell(acquire, { ...way, permits: 3 });
    await queued(semaphore, 1);
    const served = second.run(acquire, { ...way, permits: 1 });
    await queued(semaphore, 2);
    await first.terminate();
    expect(await within('the second', served, semaphore)).toBe(1);
    await second.terminate();
    expect([semaphore.waiting, semaphore.available]).toEqual([0, 1]);
  });

  test('the queue is seen: how many, and which threads', async () => {
    const semaphore = new Semaphore(1, { fair, name: `seen, ${mode}` });
    expect([semaphore.waiting, threadsInQueue(semaphore)]).toEqual([0, []]);
    const held = semaphore.acquireSync();
    expect([semaphore.waiting, threadsInQueue(semaphore)]).toEqual([0, []]);

    const first = await Puppet.start({ semaphore });
    const firstId = first.id;
    first.tell(acquire, { sync: true });
    await queued(semaphore, 1);
    expect(threadsInQueue(semaphore)).toEqual([firstId]);

    const second = await Puppet.start({ semaphore });
    const served = second.run(acquire, { sync: false });
    await queued(semaphore, 2);
    expect(threadsInQueue(semaphore)).toEqual([firstId, second.id]);

    await first.terminate();
    expect([semaphore.waiting, threadsInQueue(semaphore)]).toEqual([1, [second.id]]);
    held.release();
    await within('the second', served, semaphore);
    expect([semaphore.waiting, threadsInQueue(semaphore)]).toEqual([0, []]);
    await second.terminate();
  });

  test('all free permits are taken away', () => {
    const semaphore = new Semaphore(0, { fair });
    semaphore.grow(10);
    expect(semaphore.available).toBe(10);
    semaphore.shrink(semaphore.available);
    expect([semaphore.available, semaphore.permits, semaphore.tryAcquire()]).toEqual([0, 0, undefined]);
    semaphore.grow(1);
    expect(semaphore.available).toBe(1);
  });

  test('a negative number of permits is refused', () => {
    const semaphore = new Semaphore(10, { fair });
    expect(() => semaphore.grow(-1)).toThrow(outOfRange('permits', -1));
    expect(() => semaphore.shrink(-1)).toThrow(outOfRange('permits', -1));
    expect(semaphore.available).toBe(10);
  });

  test('shrink goes below what is free while permits are held, never below what there is', () => {
    const semaphore = new Semaphore(10, { fair });
    expect(() => semaphore.shrink(0)).toThrow(outOfRange('permits', 0));
    semaphore.shrink(1);
    expect(semaphore.available).toBe(9);
    const held = semaphore.acquireSync({ permits: 9 });
    semaphore.shrink(4);
    expect([semaphore.available, semaphore.permits]).toEqual([-4, 5]);
    expect(() => semaphore.shrink(6)).toThrow(outOfRange('permits', 6));
    expect([semaphore.available, semaphore.permits]).toEqual([-4, 5]);
    held.release();
    expect([semaphore.available, semaphore.permits]).toEqual([5, 5]);
  });

  test('what is posted is no copy', async () => {
    const semaphore = new Semaphore(3, { fair });
    const held = [semaphore.acquireSync(), semaphore.acquireSync()];
    held.pop()?.release();
    const arrived = Semaphore.from(structuredClone(semaphore));
    expect([arrived.fair, arrived.available]).toEqual([fair, 2]);
    const more = arrived.acquireSync({ permits: 2 });
    expect([semaphore.available, arrived.available]).toEqual([0, 0]);
    const wait = semaphore.acquire();
    expect([semaphore.waiting, arrived.waiting]).toEqual([1, 1]);
    more.release();
    await within('the wait', wait, semaphore);
    expect([semaphore.waiting, arrived.waiting]).toEqual([0, 0]);
  });

  test.each([...ways, { way: 'tryAcquire' } as const])('what was added can be acquired: $way', async (how) => {
    const semaphore = new Semaphore(1, { fair });
    for (let permits = 1; permits < 6; permits++) {
      semaphore.grow(permits);
      expect(semaphore.available).toBe(1 + permits);
      if (how.way === 'tryAcquire') expect(semaphore.tryAcquire(permits)?.count).toBe(permits);
      else if (how.sync) semaphore.acquireSync({ permits, timeout: how.timeout });
      else await semaphore.acquire({ permits, timeout: how.timeout });
      expect(semaphore.available).toBe(1);
    }
  });

  test.each(ways)('permits added in one thread let another go on: $way', async (way) => {
    const semaphore = new Semaphore(0, { fair, max });
    const rounds = [1, 3, 1, 3];
    const puppet = await Puppet.start({ semaphore });
    const gone = puppet.run(
      async ({ semaphore }, { sync, timeout }, rounds) => {
        const queuedBefore: number[] = [];
        for (const permits of rounds) {
          queuedBefore.push(semaphore.waiting);
          if (sync) semaphore.acquireSync({ permits, timeout });
          else await semaphore.acquire({ permits, timeout });
        }
        return queuedBefore;
      },
      way,
      rounds,
    );
    for (const permits of rounds) {
      await until('the other thread waits', () => semaphore.available === 0 && semaphore.waiting === 1, semaphore);
      semaphore.grow(permits);
    }
    expect(await within('all rounds', gone, semaphore)).toEqual([0, 0, 0, 0]);
    expect([semaphore.available, semaphore.waiting]).toEqual([0, 0]);
    await puppet.terminate();
  });

  test('first in, first out, though the second needs less than there is', async () => {
    const semaphore = new Semaphore(1, { fair, max });
    const [first, second] = (await Puppet.startMany(2, { semaphore })) as [
      Puppet<{ semaphore: Semaphore }>,
      Puppet<{ semaphore: Semaphore }>,
    ];
    const three = first.run(acquire, { sync: true, permits: 3 });
    await queued(semaphore, 1);
    await expect(second.run(acquire, { sync: true, timeout: 0 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    await expect(second.run(acquire, { sync: false, timeout: 0 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(await second.run(({ semaphore }) => semaphore.tryAcquire() === undefined)).toBe(true);
    expect(semaphore.available).toBe(1);

    let served = false;
    const one = second.run(acquire, { sync: true }).then(() => {
      served = true;
    });
    await queued(semaphore, 2);
    semaphore.grow(2);
    expect(await within('the first', three, semaphore)).toBe(3);
    expect([served, semaphore.waiting, semaphore.available]).toEqual([false, 1, 0]);
    semaphore.grow(1);
    await within('the second', one, semaphore);
    for (const puppet of [first, second]) await puppet.terminate();
  });

  test('the state is shown', () => {
    const semaphore = new Semaphore(0, { fair });
    expect(inspect(semaphore)).toContain('available: 0');
    semaphore.grow(3);
    expect(inspect(semaphore)).toContain('available: 3');
    semaphore.acquireSync({ permits: 2 });
    semaphore.shrink(3);
    expect(inspect(semaphore)).toContain('available: -2');
  });

  test('permits that come into a storm of short timeouts are taken, every one', async () => {
    const semaphore = new Semaphore(0, { fair });
    const THREADS = 2;
    const words = new SharedArrayBuffer(12);
    const [done, timeouts, taken] = [0, 1, 2] as const;
    const counts = new Int32Array(words);
    const puppets = await Puppet.startMany(THREADS, { semaphore }, words);
    const storms = puppets.map((puppet) =>
      puppet.run(({ semaphore, words }) => {
        // Words: [done, timeouts, taken].
        while (Atomics.load(words, 0) === 0) {
          try {
            semaphore.acquireSync({ timeout: 0.001 });
            Atomics.add(words, 2, 1);
          } catch (error) {
            if ((error as { code?: string }).code !== 'ERR_TIMEOUT') throw error;
            Atomics.add(words, 1, 1);
          }
        }
      }),
    );
    const storm = 1000;
    for (let more = 1; more <= 20; more++) {
      const from = Atomics.load(counts, timeouts);
      await until('the storm', () => Atomics.load(counts, timeouts) - from > storm, counts);
      semaphore.grow(THREADS);
      await until('all are taken', () => Atomics.load(counts, taken) === more * THREADS, counts, semaphore);
      expect(semaphore.available).toBe(0);
    }
    Atomics.store(counts, done, 1);
    await within('the end of the storm', Promise.all(storms), semaphore);
    expect(semaphore.waiting).toBe(0);
    for (const puppet of puppets) await puppet.terminate();
  });
});
