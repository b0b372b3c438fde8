/** Steps that many tests begin with. */
import type { RwLock } from '@eventfd/semaphore';
import { expect } from 'vitest';
import { until } from './deadline.js';
import type { Adapter, Hold, Lock } from './locks.mjs';

/** Takes the lock as often as it can be taken, less `but`, in this thread. */
export function fill(adapter: Adapter, lock: Lock, but = 0): Hold[] {
  const holds: Hold[] = [];
  while (holds.length < adapter.limit - but) {
    const hold = adapter.tryAcquire(lock);
    if (hold === undefined) throw new Error(`${holds.length} of ${adapter.limit} could be had`);
    holds.push(hold);
  }
  return holds;
}

/** Until so many waiters are in the queue. */
export function queued(lock: Lock, waiting: number): Promise<void> {
  return until(`${waiting} waiters in the queue`, () => lock.waiting === waiting, lock);
}

/**
 * Until readers queue behind the writer that waits: a thread that blocks to write is overtaken for a tenth of a millisecond,
 * and until it has looked once more.
 */
export function readersQueue(lock: RwLock): Promise<void> {
  const overtakes = () => {
    const guard = lock.tryRead();
    guard?.unlock();
    return guard !== undefined;
  };
  return until('a writer whom nobody overtakes any more', () => !overtakes(), lock);
}

/** Nobody holds it, nobody waits, and it can still be taken to its limit. */
export function expectWhole(adapter: Adapter, lock: Lock): void {
  expect([adapter.free(lock), lock.waiting]).toEqual([adapter.limit, 0]);
  const all = fill(adapter, lock);
  expect(adapter.tryAcquire(lock)).toBeUndefined();
  for (const hold of all) adapter.release(hold);
  expect(adapter.free(lock)).toBe(adapter.limit);
}
