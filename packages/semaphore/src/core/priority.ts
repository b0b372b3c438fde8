/** Who goes first in a queue: native/core/queue.h keeps it, this is what is passed to it. */
import {
  type CheckedSyncWait,
  requireInteger,
  requireSyncWait,
  SYNC_WAIT_FOR_EVER,
  type SyncWaitOptions,
  throwIfAborted,
  type WaitOptions,
} from 'eventfd/internal';
import { type CheckedWait, readWait } from './wait.js';

/** The highest; 0 is the lowest, and what who says nothing has. */
export const MOST_PRIORITY = 7;

/** Of a wait in a queue that knows priorities. */
export interface PriorityOptions {
  /**
   * Which of those that wait go first: an integer from 0, the default, to 7, the highest. Within a priority it is first come,
   * first served; with `aging` of the object, who has waited for long counts higher. What is free, and owed to nobody who comes
   * before, is taken whatever the priority.
   */
  priority?: number | undefined;
}

/** Options of an asynchronous wait for a lock. */
export interface LockOptions extends WaitOptions, PriorityOptions {}

/** Options of a wait for a lock that blocks. */
export interface LockSyncOptions extends SyncWaitOptions, PriorityOptions {}

/** Checked. Without a priority, as nearly all are, it is no other object than that of any wait. */
export type CheckedLockWait = CheckedWait & { readonly priority?: number };
export type CheckedLockSyncWait = CheckedSyncWait & { readonly priority?: number };

/** Checks options, each read once; throws `signal.reason` when the signal has aborted already. */
export function checkLockWait(options: LockOptions | undefined): CheckedLockWait {
  const wait = readLockWait(options);
  throwIfAborted(wait.signal);
  return wait;
}

/** The same, whether or not the signal has aborted. */
export function readLockWait(options: LockOptions | undefined): CheckedLockWait {
  const wait = readWait(options);
  const priority: unknown = options?.priority;
  if (priority === undefined) return wait;
  const { signal, timeout, ref } = wait;
  return { signal, timeout, ref, priority: requirePriority(priority) };
}

export function requireLockSyncWait(options: LockSyncOptions | undefined): CheckedLockSyncWait {
  if (options === undefined) return SYNC_WAIT_FOR_EVER;
  const wait = requireSyncWait(options);
  const priority: unknown = options.priority;
  if (priority === undefined) return wait;
  const { timeout, signal } = wait;
  return { timeout, signal, priority: requirePriority(priority) };
}

function requirePriority(value: unknown): number {
  return requireInteger('options.priority', value, 0, MOST_PRIORITY);
}
