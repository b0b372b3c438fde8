import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { expectWhole, fill } from '../support/fill.js';
import { type Hold, locks } from '../support/locks.mjs';

const weighted = Object.entries(locks).filter(([, { weighted, limit }]) => weighted && limit >= 3);

describe.each(weighted)('%s', (_, adapter) => {
  test('waits of 2, 1 and 3, released one by one, are served in order and completely', async () => {
    const lock = adapter.make();
    const [a, b, c, ...kept] = fill(adapter, lock) as [Hold, Hold, Hold, ...Hold[]];
    const two = adapter.acquire(lock, { permits: 2 });
    const one = adapter.acquire(lock);
    const three = adapter.acquire(lock, { permits: 3 });
    expect(lock.waiting).toBe(3);

    adapter.release(a);
    // Too little for the first, and not for the second to take; nor for anybody who comes now.
    expect([adapter.free(lock), lock.waiting]).toEqual([1, 3]);
    expect(adapter.tryAcquire(lock)).toBeUndefined();

    adapter.release(b);
    expect([adapter.free(lock), lock.waiting]).toEqual([0, 2]);
    const heldByTwo = await within('the wait for 2', two, lock);

    adapter.release(c);
    const heldByOne = await within('the wait for 1', one, lock);
    expect(lock.waiting).toBe(1);

    adapter.release(heldByOne);
    expect([adapter.free(lock), lock.waiting]).toEqual([1, 1]);
    adapter.release(heldByTwo);
    adapter.release(await within('the wait for 3', three, lock));
    for (const hold of kept) adapter.release(hold);
    expectWhole(adapter, lock);
  });

  test('a wait for several is not starved by others that take one at a time', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const all = adapter.acquire(lock, { permits: adapter.limit });
    // One of the holders after the other gives back, and tries to take again at once.
    for (const hold of holds) {
      adapter.release(hold);
      expect(adapter.tryAcquire(lock)).toBeUndefined();
    }
    adapter.release(await within('the wait for all', all, lock));
    expectWhole(adapter, lock);
  });
});
