import { inspect as format } from 'node:util';
import { Condition, inspect, Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { turns, until, within } from '../support/deadline.js';
import { invalidType, outOfRange, queueFull, timedOut } from '../support/errors.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

/** One of each class, and one that is fair: the bound is the queue's, and knows no class. */
const bounded = Object.entries(locks).filter(([name]) => !/^Semaphore\(1\)|fair Semaphore\(3\)|fair Mutex/.test(name));

describe.each(bounded)('%s with maxWaiting', (name, adapter) => {
  /** One that this thread has taken to its limit. */
  function full(maxWaiting: number) {
    const lock = adapter.make(undefined, { maxWaiting });
    return { lock, holds: fill(adapter, lock) };
  }
  const release = (holds: object[]) => {
    for (const hold of holds) adapter.release(hold);
  };

  test('refuses who would be one too many, on each thread and in each way, whatever its timeout', async () => {
    const { lock, holds } = full(2);
    const actor = await Actor.start({ adapter: name, lock });
    const here = adapter.acquire(lock);
    const there = actor.acquire('there');
    await queued(lock, 2);
    await expect(adapter.acquire(lock)).rejects.toEqual(queueFull);
    await expect(adapter.acquire(lock, { timeout: 1e6 })).rejects.toMatchObject({ ...codeOf(), maxWaiting: 2 });
    await expect(adapter.run(lock, () => {})).rejects.toEqual(queueFull);
    for (const mode of ['sync', 'async'] as const) {
      await expect(actor.acquire('one too many', { mode })).rejects.toMatchObject(codeOf());
    }
    if (!adapter.findsDeadlock) expect(() => adapter.acquireSync(lock)).toThrow(queueFull);
    expect(lock.waiting).toBe(2);
    release(holds);
    adapter.release(await within('who waits here', here, lock));
    await within('who waits there', there, lock);
    await actor.release('there');
    expectWhole(adapter, lock);
    await actor.terminate();
  });

  test('0 lets nobody wait; what is free is given all the same', async () => {
    const { lock, holds } = full(0);
    await expect(adapter.acquire(lock)).rejects.toEqual(queueFull);
    release(holds);
    adapter.release(await adapter.acquire(lock));
    adapter.release(adapter.acquireSync(lock));
    expectWhole(adapter, lock);
  });

  test('does not change what does not wait: trying, a timeout of 0, an abort that came before', async () => {
    const { lock, holds } = full(0);
    expect(adapter.tryAcquire(lock)).toBeUndefined();
    await expect(adapter.acquire(lock, { timeout: 0 })).rejects.toEqual(timedOut);
    if (!adapter.findsDeadlock) expect(() => adapter.acquireSync(lock, { timeout: 0 })).toThrow(timedOut);
    const reason = new Error('changed its mind');
    await expect(adapter.acquire(lock, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    release(holds);
    expectWhole(adapter, lock);
  });

  test('gives a place back when who had it gives up, is served, or dies with its thread', async () => {
    const { lock, holds } = full(1);
    const abort = new AbortController();
    const aborted = expect(adapter.acquire(lock, { signal: abort.signal })).rejects.toThrow('aborted');
    await expect(adapter.acquire(lock)).rejects.toEqual(queueFull);
    abort.abort();
    await aborted;
    await expect(adapter.acquire(lock, { timeout: 1 })).rejects.toEqual(timedOut);
    for (const mode of ['sync', 'async'] as const) {
      const actor = await Actor.start({ adapter: name, lock });
      const lost = expect(actor.acquire('never', { mode })).rejects.toThrow('The worker is gone');
      await queued(lock, 1);
      await expect(adapter.acquire(lock)).rejects.toEqual(queueFull);
      await actor.terminate();
      await lost;
    }
    const served = adapter.acquire(lock);
    adapter.release(holds.pop() as object);
    const hold = await within('the one that waits', served, lock);
    const next = adapter.acquire(lock);
    adapter.release(hold);
    adapter.release(await within('the next', next, lock));
    release(holds);
    expectWhole(adapter, lock);
  });

  test('goes along when it is posted, and is shown', async () => {
    const lock = adapter.make('bounded', { maxWaiting: 5 });
    expect(adapter.from(structuredClone(lock)).maxWaiting).toBe(5);
    expect(inspect().find((object) => object.name === 'bounded')?.state).toMatchObject({ maxWaiting: 5 });
    expect(format(lock)).toContain('maxWaiting: 5');
    lock[Symbol.dispose]();
  });

  test('is Infinity by default, and is then not shown', () => {
    for (const maxWaiting of [undefined, Infinity]) {
      const lock = adapter.make('unbounded', { maxWaiting });
      expect(lock.maxWaiting).toBe(Infinity);
      expect(inspect().find((object) => object.name === 'unbounded')?.state).not.toHaveProperty('maxWaiting');
      expect(format(lock)).not.toContain('maxWaiting');
      lock[Symbol.dispose]();
    }
  });

  test.each([-1, 0.5, Number.NaN, -Infinity, 2 ** 29, 2 ** 31, 2 ** 53])('refuses %d as bound', (value) => {
    expect(() => adapter.make(undefined, { maxWaiting: value })).toThrow(outOfRange('options.maxWaiting', value));
  });

  test.each([
    ['1', "type string \\('1'\\)"],
    [1n, 'type bigint \\(1n\\)'],
    [null, 'null'],
    [{}, 'an instance of Object'],
  ])('refuses %o as bound', (value, shown) => {
    const call = () => adapter.make(undefined, { maxWaiting: value as never });
    expect(call).toThrow(invalidType('options.maxWaiting', shown));
  });
});

test('who comes back from a Condition gets its mutex, though nobody else may wait for that', async () => {
  const mutex = new Mutex({ maxWaiting: 0 });
  const condition = new Condition(mutex);
  const waits = [1, 2, 3].map(async () => {
    const guard = mutex.lockSync();
    await condition.wait(guard);
    await turns(2);
    guard.unlock();
  });
  await until('three wait', () => condition.waiting === 3);
  const guard = mutex.lockSync();
  condition.notifyAll();
  await queued(mutex, 3);
  await expect(mutex.lock()).rejects.toEqual(queueFull);
  guard.unlock();
  await within('all three', Promise.all(waits), mutex);
  expect(mutex.locked).toBe(false);
});

function codeOf() {
  return { name: 'QueueFullError', code: 'ERR_QUEUE_FULL' };
}
