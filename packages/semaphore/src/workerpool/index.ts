/** Limits for workerpool pools. What `task` does for Piscina's workers it does for the methods of workerpool's. */

export { RunTimeoutError } from '../pools/errors.js';
export type { LimitStats, RunMessage, RunOutcome } from '../pools/figures.js';
export type { LimitOptions, PoolLimit, RunLimits, RunOptions } from '../pools/pool-limit.js';
export { type TaskArguments, task, WaitLeftBehindError } from '../pools/task.js';
export type { LimitedBy, RateOf, SemaphoreOf } from '../pools/with-rate.js';
export { type LimitedRunOptions, limit, type WorkerpoolRunOptions } from './limit.js';
