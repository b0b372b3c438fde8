import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { turns, within } from '../support/deadline.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

const interrupted = expect.objectContaining({ code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });

/** Calls `fn` until the vm module tears JavaScript out of it: neither `catch` nor `finally` runs. */
function tearOutOf(fn: () => unknown): void {
  const call = vm.runInThisContext('(fn) => { globalThis.torn = fn; }') as (fn: () => unknown) => void;
  call(fn);
  expect(() => vm.runInThisContext('torn()', { timeout: 30 })).toThrow(interrupted);
}

describe.each(Object.entries(locks))('%s: a vm timeout tears JavaScript out of a sync wait', (name, adapter) => {
  test('and the wait does not stand in the way of others', async () => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    tearOutOf(() => adapter.acquireSync(lock));
    const actor = await Actor.start({ adapter: name, lock });
    const next = actor.acquire('next', { mode: 'sync' });
    await queued(lock, 2);
    for (const hold of holds) adapter.release(hold);
    await within('the next', next, lock);
    await actor.release('next');
    await turns(2);
    expectWhole(adapter, lock);
    await actor.terminate();
  });

  test('and the next sync wait, for this lock or another, is not confused', () => {
    const lock = adapter.make();
    const other = adapter.make();
    const holds = fill(adapter, lock);
    tearOutOf(() => adapter.acquireSync(lock));
    const held = fill(adapter, other);
    expect(() => adapter.acquireSync(other, { timeout: 5 })).toThrow(expect.objectContaining({ code: 'ERR_TIMEOUT' }));
    expect([lock.waiting, other.waiting]).toEqual([0, 0]);
    for (const hold of [...holds, ...held]) adapter.release(hold);
    expectWhole(adapter, lock);
    expectWhole(adapter, other);
  });
});
