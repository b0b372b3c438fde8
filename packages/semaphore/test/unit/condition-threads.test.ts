import { Condition, Mutex, type MutexGuard } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

type Waiter = Puppet<{ condition: Condition }>;

function make() {
  const mutex = new Mutex();
  return { mutex, condition: new Condition(mutex) };
}

const start = (condition: Condition) => Puppet.start({ condition });

const ways = ['sync', 'async'] as const;
type Way = (typeof ways)[number];

/** Waits with the mutex locked, and says what the guard knows at the end. */
const wait = async ({ condition }: { condition: Condition }, way: Way, timeout?: number) => {
  const guard = condition.mutex.lockSync();
  const options = timeout === undefined ? {} : { timeout };
  try {
    if (way === 'sync') condition.waitSync(guard, options);
    else await condition.wait(guard, options);
    return { locked: guard.locked, abandoned: guard.abandoned };
  } catch (error) {
    return { locked: guard.locked, code: (error as { code: string }).code };
  } finally {
    guard.unlock();
  }
};

function queued(condition: Condition, count: number): Promise<void> {
  return until(`${count} in the queue`, () => condition.waiting === count, condition, condition.mutex);
}

function expectIdle({ mutex, waiting }: Condition): void {
  expect([waiting, mutex.waiting, mutex.locked]).toEqual([0, 0, false]);
}

describe('no notification falls between the unlock and the wait', () => {
  const pairs = ways.flatMap((mine) => ways.map((other) => [mine, other] as const));

  // Each notifies exactly once a turn, so a single lost notification stops both.
  test.each(pairs)('two threads take turns, %s and %s', async (...pair) => {
    const { condition } = make();
    const TURNS = 1000;
    const words = new SharedArrayBuffer(4);
    const puppets = (await Puppet.startMany(2, { condition }, words)) as [Waiter, Waiter];
    const games = puppets.map((puppet, me) =>
      puppet.run(
        async ({ condition, words }, me, way, turns) => {
          const guard = condition.mutex.lockSync();
          for (let i = 0; i < turns; i++) {
            const mine = () => (words[0] as number) % 2 === me;
            if (way === 'sync') condition.waitForSync(guard, mine);
            else await condition.waitFor(guard, mine);
            words[0] = (words[0] as number) + 1;
            condition.notify();
          }
          guard.unlock();
        },
        me,
        pair[me] as Way,
        TURNS,
      ),
    );
    await within('both games', Promise.all(games), condition, condition.mutex, new Int32Array(words));
    expect(new Int32Array(words)[0]).toBe(2 * TURNS);
    expectIdle(condition);
    for (const puppet of puppets) await puppet.terminate();
  });

  test('a bounded buffer of three producers and three consumers, blocking and not: each item arrives once', async () => {
    const mutex = new Mutex();
    const notEmpty = new Condition(mutex);
    const notFull = new Condition(mutex);
    const PRODUCERS = 3;
    const CONSUMERS = 3;
    const EACH = 400;
    const total = PRODUCERS * EACH;
    // 0: items put in so far, 1: items taken out so far, 2 to 5: the buffer, from 6 on: how often each item arrived.
    const words = new SharedArrayBuffer(4 * (6 + total));
    const puppets = await Puppet.startMany(PRODUCERS + CONSUMERS, { notEmpty, notFull }, words);
    const work = puppets.map((puppet, i) =>
      puppet.run(
        async ({ notEmpty, notFull, words }, role, index, way, each, total) => {
          const w = words as unknown as number[] & Int32Array;
          const CAPACITY = 4;
          const waitFor = async (condition: Condition, guard: never, predicate: () => boolean) =>
            way === 'sync' ? condition.waitForSync(guard, predicate) : condition.waitFor(guard, predicate);
          const lock = () => (way === 'sync' ? notEmpty.mutex.lockSync() : notEmpty.mutex.lock());
          const inBuffer = () => (w[0] as number) - (w[1] as number);
          if (role === 'producer') {
            for (let item = index * each; item < (index + 1) * each; item++) {
              const guard = await lock();
              await waitFor(notFull, guard as never, () => inBuffer() < CAPACITY);
              w[2 + ((w[0] as number) % CAPACITY)] = item;
              w[0] = (w[0] as number) + 1;
              notEmpty.notify();
              guard.unlock();
            }
            return each;
          }
          let taken = 0;
          for (;;) {
            const guard = await lock();
            await waitFor(notEmpty, guard as never, () => inBuffer() > 0 || w[1] === total);
            if (w[1] === total) {
              notEmpty.notifyAll();
              guard.unlock();
              return taken;
            }
            const item = w[2 + ((w[1] as number) % CAPACITY)] as number;
            w[1] = (w[1] as number) + 1;
            w[6 + item] = (w[6 + item] as number) + 1;
            taken++;
            if (w[1] === total) notEmpty.notifyAll();
            notFull.notify();
            guard.unlock();
          }
        },
        i < PRODUCERS ? 'producer' : 'consumer',
        i % PRODUCERS,
        ways[i % 2] as Way,
        EACH,
        total,
      ),
    );
    const done = await within('the end of all', Promise.all(work), notEmpty, notFull, new Int32Array(words, 0, 6));
    expect(done.slice(PRODUCERS).reduce((sum, each) => sum + each, 0)).toBe(total);
    expect(new Set(new Int32Array(words, 24))).toEqual(new Set([1]));
    for (const condition of [notEmpty, notFull]) expectIdle(condition);
    for (const puppet of puppets) await puppet.terminate();
  });
});

test('threads, blocked and not, are woken in the order they came', async () => {
  const { condition } = make();
  const waiters = await Promise.all(Array.from({ length: 4 }, () => start(condition)));
  const woken: number[] = [];
  const waits: Promise<unknown>[] = [];
  for (const [i, waiter] of waiters.entries()) {
    waits.push(waiter.run(wait, ways[i % 2] as Way).then(() => woken.push(i)));
    await queued(condition, i + 1);
  }
  for (const [i, waiting] of waits.entries()) {
    expect(condition.notify()).toBe(1);
    await within(`waiter ${i}`, waiting, condition);
    expect(woken.at(-1)).toBe(i);
  }
  expect(woken).toEqual([0, 1, 2, 3]);
  expectIdle(condition);
  for (const waiter of waiters) await waiter.terminate();
});

describe('a notification that its receiver does not see goes to the next', () => {
  test('when it is aborted', async () => {
    const { mutex, condition } = make();
    const abort = new AbortController();
    const guard = mutex.lockSync();
    const first = expect(condition.wait(guard, { signal: abort.signal })).rejects.toThrow('too late');
    const next = await start(condition);
    const waiting = next.run(wait, 'sync');
    await queued(condition, 2);
    // Notified, and aborted before this thread's loop has turned.
    expect(condition.notify()).toBe(1);
    abort.abort(new Error('too late'));
    await within('the aborted wait', first, condition);
    guard.unlock();
    expect(await within('the next', waiting, condition)).toEqual({ locked: true, abandoned: false });
    expectIdle(condition);
    await next.terminate();
  });

  test('when its time ran out while its loop was busy', async () => {
    const { mutex, condition } = make();
    const guards = [mutex.lockSync()];
    const first = condition.wait(guards[0] as MutexGuard, { timeout: 5 }).then(
      () => 'notified',
      () => 'timed out',
    );
    guards.push(mutex.lockSync());
    const next = condition.wait(guards[1] as MutexGuard);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    expect(condition.notify()).toBe(1);
    const how = await within('the first', first, condition);
    guards[0]?.unlock();
    // Its loop may hear of either first; the notification is for one of the two.
    expect(condition.notify()).toBe(how === 'notified' ? 1 : 0);
    await within('the next', next, condition);
    guards[1]?.unlock();
    expectIdle(condition);
  });

  test.each(ways)('when its thread is terminated first (%s)', async (way) => {
    const { condition } = make();
    for (let round = 0; round < 10; round++) {
      const [first, next] = (await Promise.all([start(condition), start(condition)])) as [Waiter, Waiter];
      if (way === 'async') {
        first.tell(({ condition, words }) => {
          void condition.mutex.lock().then((guard) => {
            void condition.wait(guard);
            // Its loop does not turn again.
            Atomics.wait(words, 0, 0);
          });
        });
      } else {
        first.tell(wait, 'sync');
      }
      await queued(condition, 1);
      const waiting = next.run(wait, 'sync');
      await queued(condition, 2);
      // The order of these two is the point; a blocked thread may see the notification before it is ended.
      const gone = first.terminate();
      expect(condition.notify()).toBe(1);
      await gone;
      if (way === 'sync') condition.notify();
      expect(await within('the next', waiting, condition)).toMatchObject({ locked: true });
      expectIdle(condition);
      await next.terminate();
    }
  });

  test('when all that were notified are terminated, the others get as many', async () => {
    const { condition } = make();
    const crowd = await start(condition);
    const next = await start(condition);
    crowd.tell(async ({ condition, words }) => {
      for (let i = 0; i < 5; i++) {
        const guard = condition.mutex.lockSync();
        void condition.wait(guard);
      }
      Atomics.wait(words, 0, 0);
    });
    await queued(condition, 5);
    const ends = next.run(async ({ condition }) => {
      const waits = Array.from({ length: 5 }, () => condition.wait(condition.mutex.lockSync()));
      let ended = 0;
      for (const each of waits) void each.then(() => ended++);
      while (condition.waiting > 7) await new Promise(setImmediate);
      return ended;
    });
    await queued(condition, 10);
    expect(condition.notify(3)).toBe(3);
    expect(await within('the other thread', ends, condition)).toBe(0);
    await crowd.terminate();
    // Of the crowd three had been notified, two still waited: five less, and three of the others were woken instead.
    await queued(condition, 2);
    await next.terminate();
    expectIdle(condition);
  });
});

describe('a waiter dies', () => {
  test.each(ways)('in the queue (%s): it has left it', async (way) => {
    const { condition } = make();
    const waiter = await start(condition);
    waiter.tell(wait, way);
    await queued(condition, 1);
    await waiter.terminate();
    expect(condition.notify()).toBe(0);
    expectIdle(condition);
  });

  test.each(ways)(
    'while it waits for the mutex again (%s): it has left that queue, and nothing is abandoned',
    async (way) => {
      const { mutex, condition } = make();
      const waiter = await start(condition);
      waiter.tell(wait, way);
      await queued(condition, 1);
      const guard = mutex.lockSync();
      condition.notify();
      await until('it to wait for the mutex', () => mutex.waiting === 1, mutex);
      await waiter.terminate();
      guard.unlock();
      expect(mutex.runSync(({ abandoned }) => abandoned)).toBe(false);
      expectIdle(condition);
    },
  );

  test.each(ways)('with the mutex locked again (%s): the next owner is told', async (way) => {
    const { mutex, condition } = make();
    const waiter = await start(condition);
    waiter.tell(async ({ condition, words }, way) => {
      const guard = condition.mutex.lockSync();
      if (way === 'sync') condition.waitSync(guard);
      else await condition.wait(guard);
      Atomics.wait(words, 0, 0);
    }, way);
    await queued(condition, 1);
    condition.notify();
    await until('it to have the mutex', () => mutex.locked, mutex);
    await until('it to have been told', () => mutex.waiting === 0, mutex);
    const next = mutex.lock();
    await waiter.terminate();
    const guard = await within('the next owner', next, mutex);
    expect(guard.abandoned).toBe(true);
    guard.unlock();
    expectIdle(condition);
  });
});

test.each(ways)(
  'the owner of the mutex dies while a notified waiter waits for it (%s): the waiter is told',
  async (way) => {
    const { mutex, condition } = make();
    const [waiter, owner] = (await Promise.all([start(condition), start(condition)])) as [Waiter, Waiter];
    const waiting = waiter.run(wait, way);
    await queued(condition, 1);
    await owner.run(({ condition }) => {
      condition.mutex.lockSync();
      condition.notify();
    });
    await until('it to wait for the mutex', () => mutex.waiting === 1, mutex);
    await owner.terminate();
    expect(await within('the waiter', waiting, mutex)).toEqual({ locked: true, abandoned: true });
    expect(mutex.runSync(({ abandoned }) => abandoned)).toBe(false);
    await waiter.terminate();
  },
);

test('a blocking wait ends by its timeout and by a close, with the guard locked', async () => {
  const { condition } = make();
  const waiter = await start(condition);
  expect(await waiter.run(wait, 'sync', 60)).toEqual({ locked: true, code: 'ERR_TIMEOUT' });
  const waiting = waiter.run(wait, 'sync', 60_000);
  await queued(condition, 1);
  condition.close();
  expect(await within('the waiter', waiting, condition)).toEqual({ locked: true, code: 'ERR_CONDITION_CLOSED' });
  expectIdle(condition);
  await waiter.terminate();
});

test('a posted condition brings its mutex along: what its thread locks is locked here', async () => {
  const { mutex, condition } = make();
  const puppet = await start(condition);
  await puppet.run(({ condition, kept }) => void kept.set('guard', condition.mutex.lockSync()));
  expect(mutex.tryLock()).toBeUndefined();
  await puppet.run(({ kept }) => kept.get('guard').unlock());
  expectIdle(condition);
  await puppet.terminate();
});
