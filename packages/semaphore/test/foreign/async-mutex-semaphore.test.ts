/**
 * The rules of async-mutex's own suite for its Semaphore, in tests of our own, run against async-mutex itself and, through
 * async-mutex/adapter.ts, against our Semaphore; like there, with `withTimeout` around it too.
 *
 * Source: DirtyHairy/async-mutex 0.5.0, test/semaphoreSuite.ts at b0bb4c5aa0e4, under MIT. Its rules were read, no text was
 * taken.
 *
 * | there | here |
 * |---|---|
 * | acquire does not block while…; …increments again after a release; getValue | acquire does not wait above 0, and says the value it found |
 * | acquire with weight does block…; acquire blocks when… | at 0 it waits until enough was released |
 * | acquire unblocks high-priority…, allows light high-priority…, prioritizes high-priority…; runExclusive executes high-priority… | our queues have no priorities: first in, first out, and the light one behind the heavy one. So has theirs among equals |
 * | acquire allows heavy items to run eventually | a heavy one has its turn, however many light ones come |
 * | …can be initialized to negative values | below 0 it waits until enough was released |
 * | the releaser is idempotent; …by the correct weight | a releaser releases once, release() as much as it is told |
 * | runExclusive passes… (5) | the value, the result, and what was thrown pass through |
 * | runExclusive is exclusive; exceptions during…; …the correct weight | it holds its weight while it runs, and no longer |
 * | new semaphore is unlocked; isLocked…; the release method… (2) | it is locked at 0 |
 * | setValue… (2) | who can be served by the new value is served. For that one waits for more than there are, which here only a semaphore with `max` lets in: the adapter gives it |
 * | cancel… (4) | who waits is rejected, and takes nothing later |
 * | waitForUnlock… (7 of 9) | waits until the weight could be had, and takes nothing |
 * | waitForUnlock unblocks only high-priority…, …of descending priority… | no priorities: with the queue, in its order |
 * | …with a negative weight throws (3) | is refused |
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { isPending } from '../support/pending.js';
import { type Library, libraries, reasonOf, type SemaphoreLike } from './async-mutex/libraries.js';

const subjects = libraries.flatMap(({ name, library }) => [
  { subject: name, library, wrap: (semaphore: SemaphoreLike) => semaphore },
  {
    subject: `${name}, with a timeout`,
    library,
    wrap: (semaphore: SemaphoreLike) => library.withTimeout(semaphore, 60_000),
  },
]);

const soon = <T>(wait: Promise<T>) => within('the semaphore', wait);
const foundBy = async (wait: ReturnType<SemaphoreLike['acquire']>) => (await soon(wait))[0];
const nothing = () => {};

describe.each(subjects)(
  '$subject',
  ({ library, wrap }: { library: Library; wrap(s: SemaphoreLike): SemaphoreLike }) => {
    const make = (value: number) => wrap(new library.Semaphore(value));
    let semaphore: SemaphoreLike;

    beforeEach(() => {
      semaphore = make(2);
    });

    describe('acquire', () => {
      test('does not wait above 0, and says the value it found', async () => {
        expect(semaphore.getValue()).toBe(2);
        const first = semaphore.acquire();
        expect(semaphore.getValue()).toBe(1);
        const second = semaphore.acquire();
        expect(semaphore.getValue()).toBe(0);
        expect([await foundBy(first), await foundBy(second)]).toEqual([2, 1]);
        for (const wait of [first, second]) (await wait)[1]();
        expect(await foundBy(semaphore.acquire())).toBe(2);
      });

      test('waits at 0 until one was released', async () => {
        const held = [await soon(semaphore.acquire()), await soon(semaphore.acquire())];
        const third = semaphore.acquire();
        expect(await isPending(third)).toBe(true);
        held[1]?.[1]();
        expect(await foundBy(third)).toBe(1);
      });

      test('waits until its whole weight was released', async () => {
        const [value, release] = await soon(semaphore.acquire(2));
        expect(value).toBe(2);
        const light = semaphore.acquire(1);
        expect(await isPending(light)).toBe(true);
        release();
        expect(await foundBy(light)).toBe(2);
        const heavy = semaphore.acquire(2);
        expect(await isPending(heavy)).toBe(true);
        (await light)[1]();
        expect(await foundBy(heavy)).toBe(2);
      });

      test('is served first in, first out, the light one behind the heavy one', async () => {
        const order: string[] = [];
        const acquire = async (name: string, weight: number) => {
          const [, release] = await semaphore.acquire(weight);
          order.push(name);
          await null;
          release();
        };
        const [, release] = await soon(semaphore.acquire(1));
        const all = [acquire('heavy', 2), acquire('light', 1), acquire('heavy too', 2)];
        const exclusive = semaphore.runExclusive(() => void order.push('exclusive'), 1);
        expect(await isPending(Promise.race([...all, exclusive]))).toBe(true);
        release();
        await soon(Promise.all([...all, exclusive]));
        expect(order).toEqual(['heavy', 'light', 'heavy too', 'exclusive']);
        expect(semaphore.getValue()).toBe(2);
      });

      test('has its turn when it is heavy, however many light ones come', async () => {
        let done = false;
        const light = async () => {
          while (!done) {
            const [, release] = await semaphore.acquire(1);
            await turns(2);
            release();
          }
        };
        // Their turns overlap, so that without a queue there would never be two free.
        const loops = [light()];
        await turns(1);
        loops.push(light());
        const [, release] = await soon(semaphore.acquire(2));
        done = true;
        release();
        await soon(Promise.all(loops));
      });

      test('waits below 0 until enough was released', async () => {
        semaphore = make(-2);
        expect(semaphore.getValue()).toBe(-2);
        const wait = semaphore.acquire();
        expect(await isPending(wait)).toBe(true);
        semaphore.release(2);
        expect(await isPending(wait)).toBe(true);
        semaphore.release(2);
        expect(await foundBy(wait)).toBe(2);
      });

      test.each([-1, 0])('refuses the weight %i, and so do the others', (weight) => {
        for (const method of ['acquire', 'release', 'waitForUnlock'] as const) {
          expect(() => semaphore[method](weight)).toThrow(/weight/);
        }
        expect(semaphore.getValue()).toBe(2);
      });
    });

    describe('release', () => {
      test('by the releaser happens once', async () => {
        const [[, release], [, releaseOther]] = [await soon(semaphore.acquire()), await soon(semaphore.acquire())];
        const [third, fourth] = [semaphore.acquire(), semaphore.acquire()];
        release();
        release();
        expect(await foundBy(third)).toBe(1);
        expect(await isPending(fourth)).toBe(true);
        releaseOther();
        expect(await foundBy(fourth)).toBe(1);
      });

      test('by the method is as much as it is told', async () => {
        await soon(semaphore.acquire(2));
        semaphore.release(2);
        expect(semaphore.getValue()).toBe(2);
        await soon(semaphore.acquire());
        expect(semaphore.getValue()).toBe(1);
        semaphore.release();
        expect(semaphore.getValue()).toBe(2);
      });

      test('by the method needs nothing held', async () => {
        semaphore = make(1);
        await soon(semaphore.acquire());
        expect(semaphore.isLocked()).toBe(true);
        semaphore.release();
        expect(semaphore.isLocked()).toBe(false);
        semaphore.release();
        expect(semaphore.getValue()).toBe(2);
      });
    });

    describe('runExclusive', () => {
      test('passes the value, the result and what was thrown', async () => {
        const error = new Error('foo');
        expect(await soon(semaphore.runExclusive((value) => value))).toBe(2);
        expect(await soon(semaphore.runExclusive(() => 10))).toBe(10);
        expect(await soon(semaphore.runExclusive(() => Promise.resolve(10)))).toBe(10);
        await expect(semaphore.runExclusive(() => Promise.reject(error))).rejects.toBe(error);
        const thrower = () => {
          throw error;
        };
        await expect(semaphore.runExclusive(thrower)).rejects.toBe(error);
        expect(semaphore.getValue()).toBe(2);
      });

      test('excludes others while it runs, and no longer', async () => {
        await soon(semaphore.acquire());
        let finish = nothing;
        const running = semaphore.runExclusive(() => new Promise<void>((resolve) => (finish = resolve)));
        const next = semaphore.runExclusive(() => 'next');
        expect(await isPending(next)).toBe(true);
        finish();
        expect(await soon(Promise.all([running, next]))).toEqual([undefined, 'next']);
      });

      test('holds its weight until it has failed', async () => {
        const failed = reasonOf(semaphore.runExclusive(() => Promise.reject(new Error('foo')), 2));
        expect(semaphore.getValue()).toBe(0);
        const next = semaphore.runExclusive(() => 'next', 2);
        expect(await soon(failed)).toMatchObject({ message: 'foo' });
        expect(await soon(next)).toBe('next');
        expect(semaphore.getValue()).toBe(2);
      });
    });

    test('it is locked at 0', async () => {
      expect(semaphore.isLocked()).toBe(false);
      const first = semaphore.acquire();
      expect(semaphore.isLocked()).toBe(false);
      const [second, third] = [semaphore.acquire(), semaphore.acquire()];
      expect(semaphore.isLocked()).toBe(true);
      (await soon(first))[1]();
      // The third has it at once.
      expect(semaphore.isLocked()).toBe(true);
      (await soon(second))[1]();
      expect(semaphore.isLocked()).toBe(false);
      (await soon(third))[1]();
      expect(semaphore.getValue()).toBe(2);
    });

    describe('setValue', () => {
      test('serves who can be served', async () => {
        semaphore = make(0);
        const [one, two, four] = [semaphore.acquire(1), semaphore.acquire(2), semaphore.acquire(4)];
        semaphore.setValue(3);
        await soon(Promise.all([one, two]));
        expect(await isPending(four)).toBe(true);
        expect(semaphore.getValue()).toBe(0);
      });

      test('serves a heavy one before one that is heavier', async () => {
        const [four, eight] = [semaphore.acquire(4), semaphore.acquire(8)];
        semaphore.setValue(4);
        await soon(four);
        expect(await isPending(eight)).toBe(true);
      });

      test('takes away what is too much', () => {
        semaphore.setValue(1);
        expect(semaphore.getValue()).toBe(1);
      });
    });

    describe('cancel', () => {
      test('rejects who waits, and only those', async () => {
        const held = [await soon(semaphore.acquire()), await soon(semaphore.acquire())];
        const waits = [semaphore.acquire(), semaphore.acquire(3), semaphore.runExclusive(nothing)].map(reasonOf);
        semaphore.cancel();
        expect(await soon(Promise.all(waits))).toEqual(Array(3).fill(library.E_CANCELED));
        const later = semaphore.acquire();
        expect(await isPending(later)).toBe(true);
        held[0]?.[1]();
        await soon(later);
      });

      test('leaves nothing that would lock it again', async () => {
        const [, release] = await soon(semaphore.acquire(2));
        const cancelled = reasonOf(semaphore.acquire());
        semaphore.cancel();
        expect(semaphore.isLocked()).toBe(true);
        release();
        expect(semaphore.isLocked()).toBe(false);
        expect(await soon(cancelled)).toBe(library.E_CANCELED);
      });

      test('rejects with the error of the semaphore', async () => {
        const error = new Error('mine');
        const mine = new library.Semaphore(2, error);
        await soon(mine.acquire(2));
        const cancelled = reasonOf(mine.acquire());
        mine.cancel();
        expect(await soon(cancelled)).toBe(error);
      });
    });

    describe('waitForUnlock', () => {
      test('does not wait above 0, and takes nothing', async () => {
        await soon(Promise.all([semaphore.waitForUnlock(), semaphore.waitForUnlock(1)]));
        expect(semaphore.getValue()).toBe(2);
      });

      test('waits at 0; one release lets all through, and takes nothing', async () => {
        const [, release] = await soon(semaphore.acquire());
        await soon(semaphore.acquire());
        const waits = [semaphore.waitForUnlock(), semaphore.waitForUnlock()];
        expect(await isPending(Promise.race(waits))).toBe(true);
        release();
        await soon(Promise.all(waits));
        expect(semaphore.getValue()).toBe(1);
      });

      test('waits for its weight', async () => {
        await soon(semaphore.acquire(2));
        const [light, heavy] = [semaphore.waitForUnlock(1), semaphore.waitForUnlock(2)];
        semaphore.release(1);
        await soon(light);
        expect(await isPending(heavy)).toBe(true);
        semaphore.release(1);
        await soon(heavy);
      });

      test('waits for those that were there before', async () => {
        await soon(semaphore.acquire(2));
        const second = semaphore.acquire(2);
        const unlocked = semaphore.waitForUnlock();
        semaphore.release(2);
        await soon(second);
        expect(await isPending(unlocked)).toBe(true);
        semaphore.release(2);
        await soon(unlocked);
        expect(semaphore.getValue()).toBe(2);
      });
    });
  },
);
