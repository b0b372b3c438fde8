/** A wait that may not last lets go of the mutex all the same, as POSIX's does; and one timer is for the whole. */
import { mock } from 'node:test';
import { Condition, Mutex } from '@eventfd/semaphore';
import { afterEach, describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });

function make() {
  const mutex = new Mutex();
  return { mutex, condition: new Condition(mutex) };
}

afterEach(() => mock.timers.reset());

describe('with a timeout of 0', () => {
  test.each(['wait', 'waitFor'] as const)('a loop of %s lets those in who wait for the mutex', async (method) => {
    const { mutex, condition } = make();
    let entered = false;
    const guard = await mutex.lock();
    const other = mutex.run(() => {
      entered = true;
    });
    for (let polls = 0; !entered; polls++) {
      expect(polls).toBeLessThan(1000);
      const wait = method === 'wait' ? condition.wait(guard, { timeout: 0 }) : undefined;
      await expect(wait ?? condition.waitFor(guard, () => false, { timeout: 0 })).rejects.toThrow(timedOut);
      expect(guard.locked).toBe(true);
    }
    await within('the other', other, mutex);
    guard.unlock();
    expect([mutex.locked, mutex.waiting, condition.waiting]).toEqual([false, 0, 0]);
  });

  test.each(['waitSync', 'waitForSync'] as const)('a loop of %s lets another thread in', async (method) => {
    const { mutex, condition } = make();
    const puppet = await Puppet.start({ mutex });
    const guard = mutex.lockSync();
    const words = new Int32Array(new SharedArrayBuffer(4));
    puppet.tell(({ mutex }, words) => mutex.runSync(() => Atomics.store(words as Int32Array, 0, 1)), words);
    const deadline = performance.now() + 30_000;
    while (Atomics.load(words, 0) === 0) {
      expect(performance.now()).toBeLessThan(deadline);
      const wait = () =>
        method === 'waitSync'
          ? condition.waitSync(guard, { timeout: 0 })
          : condition.waitForSync(guard, () => false, { timeout: 0 });
      expect(wait).toThrow(timedOut);
      expect(guard.locked).toBe(true);
    }
    guard.unlock();
    await puppet.terminate();
  });

  test('the predicate is called before, and once more after the mutex was free', async () => {
    const { mutex, condition } = make();
    const guard = await mutex.lock();
    let calls = 0;
    await condition.waitFor(guard, () => ++calls === 2, { timeout: 0 });
    condition.waitForSync(guard, () => ++calls === 4, { timeout: 0 });
    expect([calls, guard.locked]).toEqual([4, true]);
    guard.unlock();
  });
});

describe('waitFor', () => {
  test('ends when a mocked timer is ticked, once for the whole, however often it was woken', async () => {
    const { mutex, condition } = make();
    const guard = await mutex.lock();
    mock.timers.enable({ apis: ['setTimeout'] });
    const given = expect(condition.waitFor(guard, () => false, { timeout: 1000 })).rejects.toThrow(timedOut);
    for (let woken = 0; woken < 3; woken++) {
      await turns(5);
      mock.timers.tick(300);
      condition.notify();
    }
    await turns(5);
    mock.timers.tick(100);
    mock.timers.reset();
    await within('the wait', given, condition);
    expect([guard.locked, condition.waiting]).toEqual([true, 0]);
    guard.unlock();
  });

  test('whose time runs out while it waits for the mutex looks a last time, and has timed out', async () => {
    const { mutex, condition } = make();
    const guard = await mutex.lock();
    mock.timers.enable({ apis: ['setTimeout'] });
    let calls = 0;
    const never = () => ++calls === 0;
    const given = expect(condition.waitFor(guard, never, { timeout: 1000 })).rejects.toThrow(timedOut);
    await turns(5);
    const other = mutex.lockSync();
    condition.notify();
    await turns(5);
    mock.timers.tick(1000);
    other.unlock();
    await within('the wait', given, condition);
    expect([calls, guard.locked]).toEqual([2, true]);
    guard.unlock();
  });

  test('leaves no timer behind', async () => {
    const { mutex, condition } = make();
    const guard = await mutex.lock();
    const { setTimeout, clearTimeout } = globalThis;
    const running = new Set<object>();
    Object.assign(globalThis, {
      setTimeout: () => {
        const timer = {};
        running.add(timer);
        return timer;
      },
      clearTimeout: (timer: object) => running.delete(timer),
    });
    let ready = false;
    const wait = condition.waitFor(guard, () => ready, { timeout: 1000 });
    await turns(5);
    expect(running.size).toBe(1);
    ready = true;
    condition.notify();
    await turns(5);
    Object.assign(globalThis, { setTimeout, clearTimeout });
    await within('the wait', wait, condition);
    expect(running.size).toBe(0);
    guard.unlock();
  });
});
