/** What `@eventfd/semaphore` builds on. Not for users: no version keeps it stable. */
export * from './abort.js';
export * from './cancel.js';
export * from './errors.js';
export {
  CellCheck,
  type DeadlockStep,
  type InspectedObject,
  LockNews,
  type LockRequest,
  LockResult,
  LockUrgency,
  NAMED_WORDS,
  NamedWord,
  native,
  Opened,
  type Parked,
  type QueriedLock,
  type QueriedLocks,
  Role,
  RoomResult,
  type UnderWay,
} from './native.js';
export * from './room.js';
export { requireEventFd } from './select.js';
export * from './shared-signal.js';
export * from './stream.js';
export * from './turns.js';
export * from './validate.js';
