/** A limit for anything that returns a promise. Those for pools have subpaths of their own: `piscina`, `tinypool`, ... */

export { RunTimeoutError } from '../pools/errors.js';
export type { LimitStats, RunMessage, RunOutcome } from '../pools/figures.js';
export type { LimitOptions, PoolLimit, RunLimits, RunOptions } from '../pools/pool-limit.js';
export type { LimitedBy, RateOf, SemaphoreOf } from '../pools/with-rate.js';
export { type Adaptation, type AdaptOptions, adapt } from './adapt.js';
export { type LimitedCall, limitCalls } from './calls.js';
