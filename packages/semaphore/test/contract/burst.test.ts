import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test('1,000 promises of one thread, each of which passes the lock on, are all served', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const actor = await Actor.start({ adapter: name, lock });
    const crowd = actor.call('crowd', 1000);
    await queued(lock, 1000);
    for (const hold of holds) adapter.release(hold);
    expect(await within('the crowd', crowd, lock)).toBe(1000);
    expectWhole(adapter, lock);
    await actor.terminate();
  });
});
