/**
 * The rules of JSR-166's TCK for the conditions of java.util.concurrent.locks.ReentrantReadWriteLock, in tests of our own,
 * for Condition. There they go with the write lock; here, with a Mutex.
 *
 * Source: openjdk/jdk, test/jdk/java/util/concurrent/tck/ReentrantReadWriteLockTest.java at 131807a386ba. By Doug Lea and the
 * JSR-166 expert group, public domain (CC0); distributed by OpenJDK under GPL-2.0. Its rules were read, no text was taken.
 *
 * Like there, everything runs with a default and with a fair lock. `await` is `wait` or `waitSync` here, `signal` is
 * `notify`, an interrupt is an abort, or for a blocked thread its `terminate()`.
 *
 * | there | here |
 * |---|---|
 * | Await_IMSE | who does not hold the mutex cannot wait, any way |
 * | Signal_IMSE, SignalAll_IMSE | there only the holder of the lock may signal; here anybody may notify, as with POSIX |
 * | AwaitNanos_, Await_ and AwaitUntil_Timeout | a wait times out, not early, and holds the mutex again; with a TimeoutError, not false |
 * | Await | one that was notified goes on once the mutex is unlocked, not before |
 * | AwaitUninterruptibly | a wait without a signal has no way to be interrupted but the end of its thread |
 * | Interruptible (8 cases) | a wait is aborted, before it begins and while it lasts, and holds the mutex again |
 * | SignalAll (8) | notifyAll wakes all, each way |
 * | SignalWakesFifo | notify wakes in the order they came, and who was woken waits for the mutex |
 * | AwaitLockCount | a lock has no count here: the guard is locked again, once |
 * | HasWaiters, GetWaitQueueLength, GetWaitingThreads | who waits is seen: `waiting`, and `inspect()` for the threads |
 * | HasWaitersIMSE, GetWaitQueueLengthIMSE, GetWaitingThreadsIMSE | the same may be looked at without the mutex |
 * | HasWaitersNPE and IAE, and those of the other two | no method takes a condition; a guard of another mutex is refused, see the first test |
 */
import { Condition, Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { threadsInQueue } from '../support/onlooker.js';
import { isPending } from '../support/pending.js';
import { Puppet } from '../support/puppet.js';

type Thread = Puppet<{ condition: Condition }>;
type Method = 'wait' | 'waitSync';

const methods: readonly Method[] = ['wait', 'waitSync'];
/** A timeout that is not run into makes no difference. */
const ways = methods.flatMap((method) => [undefined, 60_000].map((timeout) => ({ method, timeout })));

/** Locks, waits and unlocks in another thread; whether it had the mutex again in between. */
const wait = async ({ condition }: { condition: Condition }, method: Method, timeout?: number) => {
  const guard = await condition.mutex.lock();
  await condition[method](guard, { timeout });
  const seen = { locked: guard.locked, mutexLocked: condition.mutex.locked };
  guard.unlock();
  return seen;
};
const HELD_AGAIN = { locked: true, mutexLocked: true };

const startTwo = (condition: Condition) => Puppet.startMany(2, { condition }) as Promise<[Thread, Thread]>;

function expectIdle({ mutex, waiting }: Condition): void {
  expect([waiting, mutex.waiting, mutex.locked]).toEqual([0, 0, false]);
}

describe.each([
  ['default', false],
  ['fair', true],
])('%s', (mode, fair) => {
  function make(name?: string) {
    const mutex = new Mutex({ fair, name });
    return { mutex, condition: new Condition(mutex, { name }) };
  }

  test('who does not hold the mutex cannot wait, any way', async () => {
    const { mutex, condition } = make();
    const unlocked = mutex.lockSync();
    unlocked.unlock();
    const ofAnother = new Mutex({ fair }).lockSync();
    const refused = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
    for (const guard of [unlocked, ofAnother]) {
      for (const timeout of [undefined, 60_000]) {
        await expect(condition.wait(guard, { timeout })).rejects.toThrow(refused);
        expect(() => condition.waitSync(guard, { timeout })).toThrow(refused);
        await expect(condition.waitFor(guard, () => false, { timeout })).rejects.toThrow(refused);
        expect(() => condition.waitForSync(guard, () => false, { timeout })).toThrow(refused);
      }
    }
    expect(ofAnother.locked).toBe(true);
    expectIdle(condition);
  });

  test('anybody may notify, without the mutex', async () => {
    const { mutex, condition } = make();
    expect([condition.notify(), condition.notifyAll()]).toEqual([0, 0]);
    const guard = mutex.lockSync();
    const woken = condition.wait(guard);
    expect([condition.waiting, mutex.locked]).toEqual([1, false]);
    expect(condition.notify()).toBe(1);
    await within('the wait', woken, condition);
    guard.unlock();
    expectIdle(condition);
  });

  test.each(methods)('%s times out, not early, and holds the mutex again', async (method) => {
    const { mutex, condition } = make();
    const guard = mutex.lockSync();
    const start = performance.now();
    await expect((async () => condition[method](guard, { timeout: 12 }))()).rejects.toThrow(timedOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(12);
    expect([guard.locked, mutex.locked, condition.waiting]).toEqual([true, true, 0]);
    guard.unlock();
    expectIdle(condition);
  });

  test.each(ways)(
    'one that was notified goes on once the mutex is unlocked: $method, $timeout',
    async ({ method, timeout }) => {
      const { mutex, condition } = make();
      const thread = await Puppet.start({ condition });
      const woken = thread.run(wait, method, timeout);
      await queued(condition, 1);
      const guard = mutex.lockSync();
      expect(condition.notify()).toBe(1);
      expect(condition.waiting).toBe(0);
      await queued(mutex, 1);
      expect(await isPending(woken)).toBe(true);
      guard.unlock();
      expect(await within('the other thread', woken, condition)).toEqual(HELD_AGAIN);
      expectIdle(condition);
      await thread.terminate();
    },
  );

  test.each([undefined, 60_000])('a wait is aborted, and holds the mutex again: timeout %s', async (timeout) => {
    const { mutex, condition } = make();
    const guard = mutex.lockSync();
    const reason = new Error('interrupted');
    await expect(condition.wait(guard, { timeout, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect([guard.locked, condition.waiting]).toEqual([true, 0]);

    const abort = new AbortController();
    const wait = condition.wait(guard, { timeout, signal: abort.signal });
    expect([guard.locked, mutex.locked, condition.waiting]).toEqual([false, false, 1]);
    const meanwhile = mutex.lockSync();
    abort.abort(reason);
    expect(condition.waiting).toBe(0);
    expect(await isPending(wait.catch(() => {}))).toBe(true);
    meanwhile.unlock();
    await expect(wait).rejects.toBe(reason);
    expect([guard.locked, mutex.locked]).toEqual([true, true]);
    guard.unlock();
    expectIdle(condition);
  });

  test.each(methods)('only the end of its thread interrupts a %s without a signal', async (method) => {
    const { mutex, condition } = make();
    const [ends, stays] = await startTwo(condition);
    ends.tell(wait, method);
    await queued(condition, 1);
    const woken = stays.run(wait, method);
    await queued(condition, 2);
    await ends.terminate();
    expect([condition.waiting, mutex.locked]).toEqual([1, false]);
    expect(await isPending(woken)).toBe(true);
    expect(condition.notify()).toBe(1);
    expect(await within('the other', woken, condition)).toEqual(HELD_AGAIN);
    expectIdle(condition);
    await stays.terminate();
  });

  test.each(ways)('notifyAll wakes all: $method, $timeout', async ({ method, timeout }) => {
    const { mutex, condition } = make();
    const threads = await startTwo(condition);
    const woken = threads.map((thread) => thread.run(wait, method, timeout));
    await queued(condition, 2);
    const guard = mutex.lockSync();
    expect(condition.notifyAll()).toBe(2);
    expect(condition.waiting).toBe(0);
    guard.unlock();
    expect(await within('both', Promise.all(woken), condition)).toEqual([HELD_AGAIN, HELD_AGAIN]);
    expectIdle(condition);
    for (const thread of threads) await thread.terminate();
  });

  test.each(methods)(
    'notify wakes in the order they came, and who was woken waits for the mutex: %s',
    async (method) => {
      const { mutex, condition } = make(`${mode}, ${method}`);
      const [first, second] = await startTwo(condition);
      const ends = [first.run(wait, method)];
      await queued(condition, 1);
      ends.push(second.run(wait, method));
      await queued(condition, 2);

      const guard = mutex.lockSync();
      expect([threadsInQueue(condition), threadsInQueue(mutex)]).toEqual([[first.id, second.id], []]);
      condition.notify();
      await queued(mutex, 1);
      expect([threadsInQueue(condition), threadsInQueue(mutex)]).toEqual([[second.id], [first.id]]);
      condition.notify();
      await queued(mutex, 2);
      expect([threadsInQueue(condition), threadsInQueue(mutex)]).toEqual([[], [first.id, second.id]]);
      guard.unlock();
      expect(await within('both', Promise.all(ends), condition)).toEqual([HELD_AGAIN, HELD_AGAIN]);
      expectIdle(condition);
      for (const thread of [first, second]) await thread.terminate();
    },
  );

  test('who waits is seen, with the mutex and without', async () => {
    const { mutex, condition } = make(`seen, ${mode}`);
    const seen = () => [condition.waiting, threadsInQueue(condition)];
    expect(seen()).toEqual([0, []]);
    const [first, second] = await startTwo(condition);
    const ends = [first.run(wait, 'waitSync')];
    await queued(condition, 1);
    expect(seen()).toEqual([1, [first.id]]);
    ends.push(second.run(wait, 'wait'));
    await queued(condition, 2);
    const guard = mutex.lockSync();
    expect(seen()).toEqual([2, [first.id, second.id]]);
    condition.notifyAll();
    expect(seen()).toEqual([0, []]);
    guard.unlock();
    await within('both', Promise.all(ends), condition);
    expect(seen()).toEqual([0, []]);
    for (const thread of [first, second]) await thread.terminate();
  });
});
