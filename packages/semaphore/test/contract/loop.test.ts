import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { Gauge } from '../support/gauge.mjs';
import { locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test.each([{}, { timeout: 2 ** 40 }])('a waiting promise keeps its thread alive: %o', async (waiting) => {
    const lock = adapter.make();
    const gauge = new Gauge();
    const holds = fill(adapter, lock);
    const actor = await Actor.start({ adapter: name, lock, gauge });
    actor.tell('waitAndEnd', waiting);
    await queued(lock, 1);
    for (const hold of holds) adapter.release(hold);
    expect(await within('the end of the worker', actor.gone, lock)).toBe(0);
    expect(gauge.entries).toBe(1);
    expectWhole(adapter, lock);
  });

  test('with ref: false it does not, and the wait has left the queue', async () => {
    const lock = adapter.make();
    const gauge = new Gauge();
    const holds = fill(adapter, lock);
    const actor = await Actor.start({ adapter: name, lock, gauge });
    actor.tell('waitAndEnd', { ref: false });
    expect(await within('the end of the worker', actor.gone, lock)).toBe(0);
    expect([gauge.entries, lock.waiting]).toEqual([0, 0]);
    for (const hold of holds) adapter.release(hold);
    expectWhole(adapter, lock);
  });

  test('once it has what it waited for, it keeps its thread alive no longer', async () => {
    const lock = adapter.make();
    const actor = await Actor.start({ adapter: name, lock });
    const holds = fill(adapter, lock);
    const wait = actor.acquire('one');
    await queued(lock, 1);
    for (const hold of holds) adapter.release(hold);
    await wait;
    actor.tell('closePort');
    expect(await within('the end of the worker', actor.gone, lock)).toBe(0);
    expectWhole(adapter, lock);
  });
});
