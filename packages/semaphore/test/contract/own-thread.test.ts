import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test('a promise settles on the thread that waits, in the async context it began in', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const actor = await Actor.start({ adapter: name, lock });
    const settled = actor.call('settling');
    await queued(lock, 1);
    for (const hold of holds) adapter.release(hold);
    expect(await within('the promise', settled, lock)).toEqual({ thread: actor.worker.threadId, sameContext: true });
    expectWhole(adapter, lock);
    await actor.terminate();
  });
});
