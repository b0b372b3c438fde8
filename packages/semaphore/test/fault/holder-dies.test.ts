import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { deaths, SMALL_HEAP } from '../support/deaths.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s: the holder dies by', (name, adapter) => {
  test.each(Object.entries(deaths))('%s, and blocked and waiting threads are served', async (_, die) => {
    const lock = adapter.make();
    const holds = fill(adapter, lock, 1);
    const holder = await Actor.start({ adapter: name, lock, resourceLimits: SMALL_HEAP });
    const [blocked, waiting] = (await Actor.startMany(2, { adapter: name, lock })) as [Actor, Actor];
    await holder.acquire('for good');
    const sync = blocked.acquire('sync', { mode: 'sync' });
    await queued(lock, 1);
    const async = waiting.acquire('async', { mode: 'async' });
    await queued(lock, 2);

    await die(holder);
    await within('the blocked thread', sync, lock);
    await blocked.release('sync');
    await within('the waiting promise', async, lock);
    await waiting.release('async');

    for (const hold of holds) adapter.release(hold);
    expectWhole(adapter, lock);
    for (const actor of [blocked, waiting]) await actor.terminate();
  });

  test('terminate() in a tight loop of acquire and release, again and again, with threads waiting', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock, 1);
    const [blocked, waiting] = (await Actor.startMany(2, { adapter: name, lock })) as [Actor, Actor];
    for (let round = 0; round < 10; round++) {
      const spinner = await Actor.start({ adapter: name, lock });
      spinner.tell(round % 2 === 0 ? 'spin' : 'spinBlocking');
      // Both come and go for as long as it spins, and a while longer.
      const visits = [blocked.call('cycle', 200, ['sync']), waiting.call('cycle', 200, ['async'])];
      await spinner.terminate();
      await within('all visits', Promise.all(visits), lock);
      expect([adapter.free(lock), lock.waiting]).toEqual([1, 0]);
    }
    for (const hold of holds) adapter.release(hold);
    expectWhole(adapter, lock);
    for (const actor of [blocked, waiting]) await actor.terminate();
  });
});
