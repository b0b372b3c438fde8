import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { turns, within } from '../support/deadline.js';
import { expectWhole, queued } from '../support/fill.js';
import { type Lock, locks } from '../support/locks.mjs';

const interrupted = expect.objectContaining({ code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });

/** Calls `fn` until the vm module tears JavaScript out of it: neither `catch` nor `finally` runs. */
function tearOutOf(fn: () => unknown): void {
  const call = vm.runInThisContext('(fn) => { globalThis.torn = fn; }') as (fn: () => unknown) => void;
  call(fn);
  expect(() => vm.runInThisContext('torn()', { timeout: 30 })).toThrow(interrupted);
}

/** Another thread takes all of it: one that holds a mutex itself does not wait for it. */
async function fillElsewhere(adapter: string, lock: Lock, limit: number): Promise<{ releaseAll(): Promise<void> }> {
  const holder = await Actor.start({ adapter, lock });
  for (let i = 0; i < limit; i++) await holder.acquire(`hold ${i}`);
  return {
    async releaseAll() {
      for (let i = 0; i < limit; i++) await holder.release(`hold ${i}`);
      await holder.terminate();
    },
  };
}

describe.each(Object.entries(locks))('%s: a vm timeout tears JavaScript out of a sync wait', (name, adapter) => {
  test('and the wait does not stand in the way of others', async () => {
    const lock = adapter.make();
    const holder = await fillElsewhere(name, lock, adapter.limit);
    tearOutOf(() => adapter.acquireSync(lock));
    const actor = await Actor.start({ adapter: name, lock });
    const next = actor.acquire('next', { mode: 'sync' });
    await queued(lock, 2);
    await holder.releaseAll();
    await within('the next', next, lock);
    await actor.release('next');
    await turns(2);
    expectWhole(adapter, lock);
    await actor.terminate();
  });

  test('and the next sync wait, for this lock or another, is not confused', async () => {
    const lock = adapter.make();
    const other = adapter.make();
    const holder = await fillElsewhere(name, lock, adapter.limit);
    const holderOfOther = await fillElsewhere(name, other, adapter.limit);
    tearOutOf(() => adapter.acquireSync(lock));
    expect(() => adapter.acquireSync(other, { timeout: 5 })).toThrow(expect.objectContaining({ code: 'ERR_TIMEOUT' }));
    expect([lock.waiting, other.waiting]).toEqual([0, 0]);
    for (const each of [holder, holderOfOther]) await each.releaseAll();
    expectWhole(adapter, lock);
    expectWhole(adapter, other);
  });
});
