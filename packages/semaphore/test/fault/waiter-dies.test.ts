import { describe, expect, test } from 'vitest';
import { Actor, type Posted } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { deaths, SMALL_HEAP } from '../support/deaths.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { type Hold, locks } from '../support/locks.mjs';

const modes: Posted['mode'][] = ['sync', 'async'];

describe.each(Object.entries(locks))('%s: a waiter dies', (name, adapter) => {
  test.each(modes)('in the queue (%s), and the next is served', async (mode) => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const waiter = await Actor.start({ adapter: name, lock });
    const lost = expect(waiter.acquire('never', { mode })).rejects.toThrow('The worker is gone');
    await queued(lock, 1);
    const next = adapter.acquire(lock);
    await waiter.terminate();
    await lost;
    expect(lock.waiting).toBe(1);
    for (const hold of holds) adapter.release(hold);
    adapter.release(await within('the next', next, lock));
    expectWhole(adapter, lock);
  });

  test('with a promise in the queue, in each of the ways to die', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    for (const die of Object.values(deaths)) {
      const waiter = await Actor.start({ adapter: name, lock, resourceLimits: SMALL_HEAP });
      waiter.tell('waitUnreferenced');
      await queued(lock, 1);
      await die(waiter);
      expect(lock.waiting).toBe(0);
    }
    for (const hold of holds) adapter.release(hold);
    expectWhole(adapter, lock);
  });

  test('after its grant, which it never saw, and the next gets that', async () => {
    const lock = adapter.make();
    const [first, ...kept] = fill(adapter, lock) as [Hold, ...Hold[]];
    const waiter = await Actor.start({ adapter: name, lock });
    waiter.tell('waitAndNeverLook');
    await queued(lock, 1);
    const next = adapter.acquire(lock);
    adapter.release(first);
    await waiter.terminate();
    adapter.release(await within('the next', next, lock));
    for (const hold of kept) adapter.release(hold);
    expectWhole(adapter, lock);
  });

  test('with many promises in the queue, among those of other threads', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const [dying, living] = (await Actor.startMany(2, { adapter: name, lock })) as [Actor, Actor];
    for (let round = 1; round <= 5; round++) {
      dying.tell('crowd', 100);
      await queued(lock, 200 * round - 100);
      void living.call('crowd', 100);
      await queued(lock, 200 * round);
    }
    await dying.terminate();
    expect(lock.waiting).toBe(500);
    for (const hold of holds) adapter.release(hold);
    await queued(lock, 0);
    await living.call('attach'); // answered after the crowds were
    expectWhole(adapter, lock);
    await living.terminate();
  });
});
