/**
 * The rules of async-mutex's own tests for `withTimeout` and `tryAcquire`, in tests of our own, run against async-mutex
 * itself and, through async-mutex/adapter.ts, against the `timeout` of our Semaphore and Mutex. That all other rules hold with a
 * timeout as well is in async-mutex-semaphore.test.ts and async-mutex-mutex.test.ts.
 *
 * Source: DirtyHairy/async-mutex 0.5.0, test/withTimeout.ts and test/tryAcquire.ts at b0bb4c5aa0e4, under MIT. Their rules
 * were read, no text was taken. Each rule is for both classes.
 *
 * | there | here |
 * |---|---|
 * | acquire clears timeout if lock is acquired | what was had in time stays had when the time is over |
 * | acquire rejects with timeout error…; runExclusive rejects with… (3) | what is not had in time is rejected, with the error that was given or E_TIMEOUT |
 * | after a timeout, acquire does…, runExclusive automatically releases… (4) | and does not keep others out later. (Theirs stands in the queue until its turn comes, and releases; ours has left it) |
 * | runExclusive does not run the callback… | nor is its callback run, at the time or later |
 * | a canceled lock with timeout… | cancelled after it was late, it does not lock again |
 * | waitForUnlock times out | so is waitForUnlock |
 * | tryAcquire: acquire rejects… (4) | what cannot be had at once is rejected, with the error that was given or E_ALREADY_LOCKED |
 * | tryAcquire: acquire locks… (2) | what can be had at once is had |
 */
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { type Library, libraries, type MutexLike, reasonOf, type SemaphoreLike } from './async-mutex/libraries.js';

const SHORT = 5;

/** A lock of either class, by what the two have in common. */
interface Kind {
  readonly kind: string;
  make(library: Library): SemaphoreLike | MutexLike;
  /** Takes all of it; gives back what it took. */
  fill(lock: SemaphoreLike | MutexLike): Promise<() => void>;
}

const kinds: readonly Kind[] = [
  {
    kind: 'Mutex',
    make: (library) => new library.Mutex(),
    fill: (lock) => (lock as MutexLike).acquire(),
  },
  {
    kind: 'Semaphore',
    make: (library) => new library.Semaphore(2),
    fill: async (lock) => (await (lock as SemaphoreLike).acquire(2))[1],
  },
];

const subjects = libraries.flatMap(({ name, library }) => kinds.map((kind) => ({ name, library, ...kind })));
const soon = <T>(wait: Promise<T>) => within('the lock', wait);

describe.each(subjects)('$kind of $name', ({ library, make, fill }) => {
  describe('withTimeout', () => {
    test('what was had in time stays had when the time is over', async () => {
      const lock = library.withTimeout(make(library), SHORT);
      const release = await soon(fill(lock));
      // Begun later, so that the first one's time is over when this one's is.
      expect(await soon(reasonOf(lock.acquire()))).toBe(library.E_TIMEOUT);
      expect(lock.isLocked()).toBe(true);
      release();
      (await soon(fill(lock)))();
      expect(lock.isLocked()).toBe(false);
    });

    test('what is not had in time is rejected, and does not keep others out later', async () => {
      const error = new Error('mine');
      for (const given of [undefined, error]) {
        const lock = library.withTimeout(make(library), SHORT, given);
        const release = await soon(fill(lock));
        let ran = false;
        const run = lock.runExclusive(() => {
          ran = true;
        });
        const reasons = [lock.acquire(), run, lock.waitForUnlock()].map(reasonOf);
        expect(await soon(Promise.all(reasons))).toEqual(Array(3).fill(given ?? library.E_TIMEOUT));
        expect(lock.isLocked()).toBe(true);
        release();
        expect(await soon(lock.runExclusive(() => 'next'))).toBe('next');
        (await soon(fill(lock)))();
        expect([lock.isLocked(), ran]).toEqual([false, false]);
      }
    });

    test('cancelled after it was late, it does not lock again', async () => {
      const lock = library.withTimeout(make(library), SHORT);
      const release = await soon(fill(lock));
      expect(await soon(reasonOf(lock.acquire()))).toBe(library.E_TIMEOUT);
      lock.cancel();
      expect(lock.isLocked()).toBe(true);
      release();
      expect(lock.isLocked()).toBe(false);
    });
  });

  describe('tryAcquire', () => {
    test('what can be had at once is had, what cannot is rejected', async () => {
      const error = new Error('mine');
      for (const given of [undefined, error]) {
        const lock = library.tryAcquire(make(library), given);
        const release = await soon(fill(lock));
        expect(lock.isLocked()).toBe(true);
        expect(await soon(reasonOf(lock.acquire()))).toBe(given ?? library.E_ALREADY_LOCKED);
        expect(await soon(reasonOf(lock.runExclusive(() => {})))).toBe(given ?? library.E_ALREADY_LOCKED);
        release();
        (await soon(fill(lock)))();
        expect(lock.isLocked()).toBe(false);
      }
    });
  });
});
