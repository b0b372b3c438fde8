export {
  ClosedError,
  InvalidHandleError,
  type SyncWaitOptions,
  TimeoutError,
  type WaitOptions,
} from 'eventfd/internal';
export { Permit } from './permit.js';
export {
  type AcquireOptions,
  type AcquireSyncOptions,
  Semaphore,
  type SemaphoreHandle,
  type SemaphoreOptions,
} from './semaphore.js';
