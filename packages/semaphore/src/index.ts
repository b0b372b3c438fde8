export {
  ClosedError,
  InvalidHandleError,
  type SharedAbortSignal,
  type SyncWaitOptions,
  TimeoutError,
  type WaitOptions,
} from 'eventfd/internal';
export { Barrier, type BarrierHandle, type BarrierWaitResult } from './barrier.js';
export { Condition, type PostedCondition } from './condition.js';
export type { AgingOptions } from './core/aging.js';
export type { LongWaitMessage, WaitMessage } from './core/diagnostics.js';
export type { LockMode } from './core/lock-mode.js';
export type { LockOptions, LockSyncOptions, PriorityOptions } from './core/priority.js';
export { BarrierBrokenError, DeadlockError, NameNotFoundError, OpenMismatchError, QueueFullError } from './errors.js';
export { Event, type EventHandle, type EventOptions } from './event.js';
export { FdPermit, FdSemaphore, type PostedFdSemaphore } from './fd-semaphore.js';
export { type Acquisition, type Holder, inspect, type ObjectState, type Waiter } from './inspect.js';
export { Latch, type LatchHandle } from './latch.js';
export { Mutex, MutexGuard, type MutexHandle, type MutexOptions } from './mutex.js';
export { Permit } from './permit.js';
export {
  type RateAcquireOptions,
  type RateAcquireSyncOptions,
  RateLimit,
  type RateLimitHandle,
  type RateLimitOptions,
} from './rate-limit.js';
export { ReadGuard, RwLock, type RwLockHandle, type RwLockOptions, WriteGuard } from './rwlock.js';
export {
  type AcquireOptions,
  type AcquireSyncOptions,
  type GrowOptions,
  type NamedSemaphoreOptions,
  Semaphore,
  type SemaphoreHandle,
  type SemaphoreOptions,
} from './semaphore.js';
export { SharedAbortController, type SharedAbortHandle, type SharedAbortOptions } from './shared-abort.js';
export type { NamedObjectOptions, SharedObjectOptions } from './shared-object.js';
export { Signal, type SignalHandle } from './signal.js';
