import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { turns, within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { type Hold, locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test('blocked threads and promises of several threads stand in one queue, first in, first out', async () => {
    const lock = adapter.make();
    const [first, ...kept] = fill(adapter, lock) as [Hold, ...Hold[]];
    const [a, b, c] = (await Actor.startMany(3, { adapter: name, lock })) as [Actor, Actor, Actor];
    const inActor = (actor: Actor, mode: 'sync' | 'async') => {
      const id = `wait ${lock.waiting}`;
      return actor.acquire(id, { mode }).then(() => () => actor.release(id));
    };
    const here = () => adapter.acquire(lock).then((hold) => () => adapter.release(hold));
    const arrivals = [
      () => inActor(a, 'sync'),
      () => inActor(c, 'async'),
      here,
      () => inActor(b, 'sync'),
      () => inActor(c, 'async'),
      here,
      () => inActor(c, 'async'),
    ];
    const served: number[] = [];
    const waits: Promise<() => unknown>[] = [];
    for (const [i, arrive] of arrivals.entries()) {
      const wait = arrive();
      waits.push(wait);
      void wait.then(() => served.push(i));
      await queued(lock, i + 1);
    }
    adapter.release(first);
    for (const [i, wait] of waits.entries()) {
      const release = await within(`waiter ${i}`, wait, lock, served);
      expect(served).toEqual(waits.slice(0, i + 1).map((_, index) => index));
      await release();
    }
    for (const hold of kept) adapter.release(hold);
    expectWhole(adapter, lock);
    for (const actor of [a, b, c]) await actor.terminate();
  });

  test(`a running thread ${adapter.fair ? 'never overtakes' : 'overtakes once at most'}`, async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const wait = adapter.acquire(lock);
    adapter.release(holds.pop() as Hold);
    // The waiter was granted the lock, or woken to try, but its loop has not turned.
    const overtaker = adapter.tryAcquire(lock);
    expect(overtaker !== undefined).toBe(!adapter.fair);
    if (overtaker !== undefined) {
      // It looks, finds nothing, and is owed the next.
      await turns(2);
      adapter.release(overtaker);
      expect(adapter.tryAcquire(lock)).toBeUndefined();
    }
    adapter.release(await within('the waiter', wait, lock));
    for (const hold of holds) adapter.release(hold);
    expectWhole(adapter, lock);
  });
});
