export { ClosedError, InvalidHandleError, TimeoutError } from './errors.js';
export { type AdoptOptions, EventFd, type EventFdOptions, type EventFdSource } from './event-fd.js';
export {
  EFD_CLOEXEC,
  EFD_NONBLOCK,
  EFD_SEMAPHORE,
  eventfd,
  eventfdClose,
  eventfdRead,
  eventfdWrite,
} from './eventfd.js';
export type { EventFdHandle } from './handle.js';
export type { SharedAbortSignal } from './shared-signal.js';
export type { StreamOptions } from './stream.js';
export type { SyncWaitOptions, WaitOptions } from './validate.js';
