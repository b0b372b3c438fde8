/** Limits for Tinypool pools. What `task` does for Piscina's workers it does for Tinypool's. */

export { RunTimeoutError } from '../pools/errors.js';
export type { LimitStats, RunMessage, RunOutcome } from '../pools/figures.js';
export type { LimitOptions, PoolLimit, RunLimits, RunOptions } from '../pools/pool-limit.js';
export { type TaskArguments, task, WaitLeftBehindError } from '../pools/task.js';
export type { LimitedBy, RateOf, SemaphoreOf } from '../pools/with-rate.js';
export { type LimitedRunOptions, limit, type TinypoolRunOptions } from './limit.js';
