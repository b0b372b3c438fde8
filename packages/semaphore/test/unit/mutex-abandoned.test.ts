import { Mutex, type MutexGuard } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

type Ended = (puppet: Puppet<{ mutex: Mutex }>) => Promise<unknown>;

/** The ways to end, for a puppet that holds the lock. */
const deaths: Record<string, Ended> = {
  'terminate()': (puppet) => puppet.terminate(),
  'process.exit()': (puppet) => {
    puppet.tell(() => process.exit(0));
    return puppet.gone;
  },
  'an uncaught error': (puppet) => {
    puppet.tell(() => {
      setImmediate(() => {
        throw new Error('thrown on purpose');
      });
    });
    return puppet.gone;
  },
  returning: (puppet) => {
    puppet.tell(({ port }) => port.close());
    return puppet.gone;
  },
};

async function startHolder(mutex: Mutex): Promise<Puppet<{ mutex: Mutex }>> {
  const holder = await Puppet.start({ mutex });
  await holder.run(({ mutex, kept }) => void kept.set('guard', mutex.lockSync()));
  return holder;
}

/** The next owner, in each of the three ways to become one. */
const next: Record<string, (mutex: Mutex) => MutexGuard | Promise<MutexGuard>> = {
  tryLock: (mutex) => mutex.tryLock() as MutexGuard,
  lockSync: (mutex) => mutex.lockSync(),
  lock: (mutex) => mutex.lock(),
};

describe.each(Object.entries(deaths))('the owner dies by %s', (_, die) => {
  test.each(Object.entries(next))('and whoever calls %s afterwards is told, once', async (_, lock) => {
    const mutex = new Mutex();
    await within('the end of the owner', die(await startHolder(mutex)));
    expect(mutex.locked).toBe(false);
    const guard = await lock(mutex);
    expect([guard.abandoned, guard.locked, mutex.locked]).toEqual([true, true, true]);
    guard.unlock();
    // What one guard was told it remembers; the lock itself is sound again.
    expect(guard.abandoned).toBe(true);
    for (const lock of Object.values(next)) {
      const later = await lock(mutex);
      expect(later.abandoned).toBe(false);
      later.unlock();
    }
  });

  test('and of those that wait for it, blocked and not, only the first is told', async () => {
    const mutex = new Mutex();
    const holder = await startHolder(mutex);
    const [blocked, waiting] = (await Puppet.startMany(2, { mutex })) as [typeof holder, typeof holder];
    const sync = blocked.run(({ mutex }) => mutex.runSync((guard) => guard.abandoned));
    await until('one in the queue', () => mutex.waiting === 1, mutex);
    const async = waiting.run(({ mutex }) => mutex.run((guard) => guard.abandoned));
    await until('two in the queue', () => mutex.waiting === 2, mutex);
    const here = mutex.run((guard) => guard.abandoned);
    await within('the end of the owner', die(holder));
    expect(await within('all', Promise.all([sync, async, here]), mutex)).toEqual([true, false, false]);
    for (const puppet of [blocked, waiting]) await puppet.terminate();
  });
});

describe('an abandoned Mutex', () => {
  test('is told of by a promise that was waiting when its owner died', async () => {
    const mutex = new Mutex();
    const holder = await startHolder(mutex);
    const waits = [mutex.lock(), mutex.lock()];
    await holder.terminate();
    const first = await within('the first', waits[0] as Promise<MutexGuard>, mutex);
    expect(first.abandoned).toBe(true);
    first.unlock();
    const second = await within('the second', waits[1] as Promise<MutexGuard>, mutex);
    expect(second.abandoned).toBe(false);
    second.unlock();
  });

  test('is abandoned again when the owner that was told dies, too', async () => {
    const mutex = new Mutex();
    for (let round = 0; round < 3; round++) {
      const holder = await startHolder(mutex);
      expect(await holder.run(({ kept }) => kept.get('guard').abandoned)).toBe(round > 0);
      await holder.terminate();
    }
    const guard = mutex.lockSync();
    expect(guard.abandoned).toBe(true);
    guard.unlock();
    expect(mutex.runSync(({ abandoned }) => abandoned)).toBe(false);
  });

  test('stays so when it was granted to a thread that died before it saw that', async () => {
    const mutex = new Mutex();
    const holder = await startHolder(mutex);
    const words = new SharedArrayBuffer(4);
    const waiter = await Puppet.start({ mutex }, words);
    waiter.tell(({ mutex, words }) => {
      void mutex.lock();
      // Its loop does not turn again.
      Atomics.wait(words, 0, 0);
    });
    await until('one in the queue', () => mutex.waiting === 1, mutex);
    const here = mutex.lock();
    await holder.terminate();
    await waiter.terminate();
    const guard = await within('the next', here, mutex);
    expect(guard.abandoned).toBe(true);
    guard.unlock();
  });

  test('is not made by a death after the unlock, nor by the death of one that only waited', async () => {
    const mutex = new Mutex();
    const holder = await startHolder(mutex);
    const waiter = await Puppet.start({ mutex });
    waiter.tell(({ mutex }) => mutex.lockSync());
    await until('one in the queue', () => mutex.waiting === 1, mutex);
    await waiter.terminate();
    await holder.run(({ kept }) => kept.get('guard').unlock());
    await holder.terminate();
    expect(mutex.runSync(({ abandoned }) => abandoned)).toBe(false);
  });

  test('can be closed, and then tells nobody', async () => {
    const mutex = new Mutex();
    const holder = await startHolder(mutex);
    mutex.close();
    await holder.terminate();
    expect(() => mutex.tryLock()).toThrow(expect.objectContaining({ code: 'ERR_MUTEX_CLOSED' }));
    expect(mutex.locked).toBe(false);
  });

  test('tells exactly one of many threads that race for it', async () => {
    const mutex = new Mutex();
    const words = new SharedArrayBuffer(8);
    const racers = await Puppet.startMany(3, { mutex }, words);
    const ROUNDS = 6;
    const races = racers.map((racer) =>
      racer.run(async ({ mutex, words }) => {
        // Word 0: told. Word 1: the race is over.
        for (let i = 0; Atomics.load(words, 1) === 0; i++) {
          const guard = [() => mutex.tryLock(), () => mutex.lockSync(), () => mutex.lock()][i % 3]?.();
          const got = await guard;
          if (got?.abandoned) Atomics.add(words, 0, 1);
          got?.unlock();
        }
      }),
    );
    const told = new Int32Array(words);
    for (let round = 1; round <= ROUNDS; round++) {
      await (await startHolder(mutex)).terminate();
      await until(`${round} told`, () => Atomics.load(told, 0) >= round, mutex, told);
    }
    Atomics.store(told, 1, 1);
    await within('the end of the races', Promise.all(races), mutex);
    expect(told[0]).toBe(ROUNDS);
    expect(mutex.runSync(({ abandoned }) => abandoned)).toBe(false);
    for (const racer of racers) await racer.terminate();
  });
});
