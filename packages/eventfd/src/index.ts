export { ClosedError, InvalidHandleError, TimeoutError } from './errors.js';
export type { SyncWaitOptions, WaitOptions } from './validate.js';
