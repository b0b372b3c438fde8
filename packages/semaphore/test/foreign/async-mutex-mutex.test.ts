/**
 * The rules of async-mutex's own suite for its Mutex, in tests of our own, run against async-mutex itself and, through
 * async-mutex/adapter.ts, against our Mutex; like there, with `withTimeout` around it too.
 *
 * Source: DirtyHairy/async-mutex 0.5.0, test/mutex.ts at b0bb4c5aa0e4, under MIT. Its rules were read, no text was taken.
 *
 * | there | here |
 * |---|---|
 * | ownership is exclusive | one has it, the next waits |
 * | acquire unblocks…, runExclusive unblocks the highest-priority task first | our queues have no priorities: first in, first out. So has theirs among equals |
 * | runExclusive passes… (4) | the result and what was thrown pass through |
 * | runExclusive is exclusive; exceptions during… | others wait while it runs, and no longer, also when it fails |
 * | new mutex is unlocked; isLocked… | it is locked while somebody has it |
 * | the release method…; calling release on a unlocked…; multiple calls to release… | release() unlocks what is locked, whoever calls it |
 * | cancel… (3) | who waits is rejected, and takes nothing later |
 * | waitForUnlock… (4 of 6) | waits until it could be had, and takes nothing |
 * | waitForUnlock unblocks high-priority…, low-priority… | no priorities: with the queue, in its order |
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { isPending } from '../support/pending.js';
import { type Library, libraries, type MutexLike, reasonOf } from './async-mutex/libraries.js';

const subjects = libraries.flatMap(({ name, library }) => [
  { subject: name, library, make: () => new library.Mutex() },
  { subject: `${name}, with a timeout`, library, make: () => library.withTimeout(new library.Mutex(), 60_000) },
]);

const soon = <T>(wait: Promise<T>) => within('the mutex', wait);
const nothing = () => {};

describe.each(subjects)('$subject', ({ library, make }: { library: Library; make(): MutexLike }) => {
  let mutex: MutexLike;

  beforeEach(() => {
    mutex = make();
  });

  test('one has it, the next waits', async () => {
    const release = await soon(mutex.acquire());
    const next = mutex.acquire();
    expect(await isPending(next)).toBe(true);
    release();
    (await soon(next))();
    expect(mutex.isLocked()).toBe(false);
  });

  test('a releaser releases once', async () => {
    const release = await soon(mutex.acquire());
    const [second, third] = [mutex.acquire(), mutex.acquire()];
    release();
    release();
    const releaseSecond = await soon(second);
    expect(await isPending(third)).toBe(true);
    releaseSecond();
    (await soon(third))();
    expect(mutex.isLocked()).toBe(false);
  });

  test('first in, first out', async () => {
    const order: number[] = [];
    const release = await soon(mutex.acquire());
    const acquire = async (i: number) => {
      const release = await mutex.acquire();
      order.push(i);
      release();
    };
    const all = [acquire(1), mutex.runExclusive(() => void order.push(2)), acquire(3), mutex.waitForUnlock()];
    expect(await isPending(Promise.race(all))).toBe(true);
    release();
    await soon(Promise.all(all));
    expect(order).toEqual([1, 2, 3]);
  });

  describe('runExclusive', () => {
    test('passes the result and what was thrown', async () => {
      const error = new Error('foo');
      expect(await soon(mutex.runExclusive(() => 10))).toBe(10);
      expect(await soon(mutex.runExclusive(() => Promise.resolve(10)))).toBe(10);
      await expect(mutex.runExclusive(() => Promise.reject(error))).rejects.toBe(error);
      const thrower = () => {
        throw error;
      };
      await expect(mutex.runExclusive(thrower)).rejects.toBe(error);
      expect(mutex.isLocked()).toBe(false);
    });

    test.each(['returns', 'fails'])('excludes others until it %s, and no longer', async (how) => {
      let finish = nothing;
      let fail: (error: Error) => void = nothing;
      const work = () =>
        new Promise<void>((resolve, reject) => {
          finish = resolve;
          fail = reject;
        });
      const reason = reasonOf(mutex.runExclusive(work));
      const next = mutex.runExclusive(() => 'next');
      expect(await isPending(next)).toBe(true);
      if (how === 'fails') fail(new Error('foo'));
      else finish();
      expect(await soon(next)).toBe('next');
      if (how === 'fails') expect(await reason).toMatchObject({ message: 'foo' });
      else expect(await reason).toBe('not rejected');
      expect(mutex.isLocked()).toBe(false);
    });
  });

  test('it is locked while somebody has it', async () => {
    expect(mutex.isLocked()).toBe(false);
    const [first, second] = [mutex.acquire(), mutex.acquire()];
    expect(mutex.isLocked()).toBe(true);
    (await soon(first))();
    // The second has it at once.
    expect(mutex.isLocked()).toBe(true);
    (await soon(second))();
    expect(mutex.isLocked()).toBe(false);
  });

  test('release() unlocks what is locked, and else does nothing', async () => {
    mutex.release();
    expect(mutex.isLocked()).toBe(false);
    await soon(mutex.acquire());
    expect(mutex.isLocked()).toBe(true);
    mutex.release();
    expect(mutex.isLocked()).toBe(false);
    mutex.release();
    await soon(mutex.acquire());
    expect(mutex.isLocked()).toBe(true);
  });

  test('release() in each of three tasks lets all through, one at a time', async () => {
    let [inside, most, passed] = [0, 0, 0];
    const task = async () => {
      await mutex.acquire();
      most = Math.max(most, ++inside);
      await null;
      inside--;
      passed++;
      mutex.release();
    };
    await soon(Promise.all([task(), task(), task()]));
    expect([most, passed, mutex.isLocked()]).toEqual([1, 3, false]);
  });

  describe('cancel', () => {
    test('rejects who waits, who takes nothing later', async () => {
      const release = await soon(mutex.acquire());
      const waits = [mutex.acquire(), mutex.runExclusive(nothing)].map(reasonOf);
      mutex.cancel();
      expect(mutex.isLocked()).toBe(true);
      release();
      expect(mutex.isLocked()).toBe(false);
      expect(await soon(Promise.all(waits))).toEqual([library.E_CANCELED, library.E_CANCELED]);
      await soon(mutex.acquire());
    });

    test('rejects with the error of the mutex', async () => {
      const error = new Error('mine');
      const mine = new library.Mutex(error);
      await soon(mine.acquire());
      const cancelled = reasonOf(mine.acquire());
      mine.cancel();
      expect(await soon(cancelled)).toBe(error);
    });
  });

  describe('waitForUnlock', () => {
    test('does not wait while nobody has it, and takes nothing', async () => {
      await soon(Promise.all([mutex.waitForUnlock(), mutex.waitForUnlock()]));
      expect(mutex.isLocked()).toBe(false);
    });

    test('waits while somebody has it; one release lets all through', async () => {
      const release = await soon(mutex.acquire());
      const waits = [mutex.waitForUnlock(), mutex.waitForUnlock()];
      expect(await isPending(Promise.race(waits))).toBe(true);
      release();
      await soon(Promise.all(waits));
      expect(mutex.isLocked()).toBe(false);
    });

    test('waits for those that were there before', async () => {
      await soon(mutex.acquire());
      const second = mutex.acquire();
      const unlocked = mutex.waitForUnlock();
      mutex.release();
      await soon(second);
      expect(await isPending(unlocked)).toBe(true);
      mutex.release();
      await soon(unlocked);
      expect(mutex.isLocked()).toBe(false);
    });
  });
});
