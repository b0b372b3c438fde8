import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { type Hold, locks } from '../support/locks.mjs';

const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });
const deadlock = expect.objectContaining({ name: 'DeadlockError', code: 'ERR_DEADLOCK' });

/** What the waits reject with. */
async function reasons(waits: Promise<unknown>[]): Promise<unknown[]> {
  const settled = await within('the end of all waits', Promise.allSettled(waits));
  return settled.map((each) => (each.status === 'rejected' ? each.reason : each));
}

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test('an aborted wait rejects with the reason and has left the queue when abort() returns', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const abort = new AbortController();
    const reason = new Error('not needed any more');
    const wait = adapter.acquire(lock, { signal: abort.signal });
    const next = adapter.acquire(lock);
    expect(lock.waiting).toBe(2);
    abort.abort(reason);
    expect(lock.waiting).toBe(1);
    await expect(wait).rejects.toBe(reason);
    for (const hold of holds) adapter.release(hold);
    adapter.release(await within('the next in the queue', next, lock));
    expectWhole(adapter, lock);
  });

  test('an abort after the grant, before anybody saw it, hands it to the next', async () => {
    const lock = adapter.make();
    const [first, ...kept] = fill(adapter, lock) as [Hold, ...Hold[]];
    const abort = new AbortController();
    const wait = adapter.acquire(lock, { signal: abort.signal });
    const next = adapter.acquire(lock);
    adapter.release(first);
    abort.abort();
    await expect(wait).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    adapter.release(await within('the next in the queue', next, lock));
    for (const hold of kept) adapter.release(hold);
    expectWhole(adapter, lock);
  });

  test('an abort after the promise was settled changes nothing', async () => {
    const lock = adapter.make();
    const abort = new AbortController();
    const hold = await adapter.acquire(lock, { signal: abort.signal });
    const holds = fill(adapter, lock, 1);
    const wait = adapter.acquire(lock, { signal: abort.signal });
    adapter.release(hold);
    const waited = await within('the wait', wait, lock);
    abort.abort();
    expect(adapter.free(lock)).toBe(0);
    for (const each of [waited, ...holds]) adapter.release(each);
    expectWhole(adapter, lock);
  });

  test('a wait that timed out, blocking or not, has left the queue; the next is served', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const [a, b] = (await Actor.startMany(2, { adapter: name, lock })) as [Actor, Actor];
    const waits = [
      adapter.acquire(lock, { timeout: 20 }),
      a.acquire('blocking', { mode: 'sync', timeout: 20 }),
      b.acquire('promise', { mode: 'async', timeout: 20 }),
    ];
    expect(await reasons(waits)).toEqual([timedOut, timedOut, timedOut]);
    expect(() => adapter.acquireSync(lock, { timeout: 5 })).toThrow(adapter.findsDeadlock ? deadlock : timedOut);
    expect(lock.waiting).toBe(0);
    const next = b.acquire('next', { mode: 'sync' });
    await queued(lock, 1);
    for (const hold of holds) adapter.release(hold);
    await within('the next', next, lock);
    await b.release('next');
    expectWhole(adapter, lock);
    for (const actor of [a, b]) await actor.terminate();
  });

  test('a wait with timeout 0 does not enter the queue', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const wait = adapter.acquire(lock, { timeout: 0 });
    expect(lock.waiting).toBe(0);
    await expect(wait).rejects.toThrow(timedOut);
    expect(() => adapter.acquireSync(lock, { timeout: 0 })).toThrow(adapter.findsDeadlock ? deadlock : timedOut);
    for (const hold of holds) adapter.release(hold);
    adapter.release(await adapter.acquire(lock, { timeout: 0 }));
    adapter.release(adapter.acquireSync(lock, { timeout: 0 }));
    expectWhole(adapter, lock);
  });

  test('close() ends the waits of every thread, and those that come later; what is held can be given back', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const [a, b] = (await Actor.startMany(2, { adapter: name, lock })) as [Actor, Actor];
    const waits = [adapter.acquire(lock), a.acquire('blocking', { mode: 'sync' }), b.acquire('promise')];
    await queued(lock, 3);
    lock.close();
    expect([lock.closed, lock.waiting]).toEqual([true, 0]);
    const closed = expect.objectContaining({ name: 'ClosedError', code: expect.stringMatching(/^ERR_[A-Z]+_CLOSED$/) });
    expect(await reasons(waits)).toEqual([closed, closed, closed]);
    await expect(adapter.acquire(lock)).rejects.toThrow(closed);
    await expect(adapter.acquire(lock, { timeout: 5 })).rejects.toThrow(closed);
    await expect(a.acquire('later')).rejects.toThrow(closed);
    expect(() => adapter.acquireSync(lock)).toThrow(closed);
    expect(() => adapter.tryAcquire(lock)).toThrow(closed);
    for (const hold of holds) adapter.release(hold);
    expect(adapter.free(lock)).toBe(adapter.limit);
    for (const actor of [a, b]) await actor.terminate();
  });
});

const weighted = Object.entries(locks).filter(([, { weighted, limit }]) => weighted && limit >= 3);

describe.each(weighted)('%s', (name, adapter) => {
  test.each(['abort', 'timeout', 'death'])(
    'a wait for several that ends by %s unblocks those behind it',
    async (how) => {
      const lock = adapter.make();
      const holds = fill(adapter, lock, 1);
      const actor = await Actor.start({ adapter: name, lock });
      const big = actor.acquire('big', { permits: 2, ...(how === 'timeout' ? { timeout: 50 } : {}) });
      const lost = expect(big).rejects.toThrow();
      if (how !== 'timeout') await queued(lock, 1);
      const small = adapter.acquire(lock);
      if (how === 'abort') await actor.call('abort', 'big');
      if (how === 'death') await actor.terminate();
      adapter.release(await within('the wait behind it', small, lock));
      await lost;
      for (const hold of holds) adapter.release(hold);
      expectWhole(adapter, lock);
      await actor.terminate();
    },
  );
});
