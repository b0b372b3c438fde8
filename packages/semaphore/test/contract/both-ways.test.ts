import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s: a thread blocked in a sync wait', (name, adapter) => {
  test('finds what its promises were granted meanwhile', async () => {
    const lock = adapter.make();
    const other = adapter.make();
    const held = fill(adapter, lock);
    const heldOfOther = fill(adapter, other);
    const actor = await Actor.start({ adapter: name, lock });
    const done = actor.call('blockOnOther', other);
    await queued(lock, 1);
    await queued(other, 1);
    for (const hold of held) adapter.release(hold);
    for (const hold of heldOfOther) adapter.release(hold);
    expect(await within('the promise of the thread that was blocked', done, lock, other)).toBe('both');
    expectWhole(adapter, lock);
    expectWhole(adapter, other);
    await actor.terminate();
  });

  test('finds what its promises were granted while it was blocked for several slices', async () => {
    const lock = adapter.make();
    const other = adapter.make();
    const held = fill(adapter, lock);
    const heldOfOther = fill(adapter, other);
    const actor = await Actor.start({ adapter: name, lock });
    const done = actor.call('blockOnOther', other, { timeout: 130 });
    await queued(lock, 1);
    await queued(other, 1);
    for (const hold of held) adapter.release(hold);
    expect(await within('the promise of the thread that was blocked', done, lock, other)).toBe('ERR_TIMEOUT');
    for (const hold of heldOfOther) adapter.release(hold);
    expectWhole(adapter, lock);
    expectWhole(adapter, other);
    await actor.terminate();
  });
});
