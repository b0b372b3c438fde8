/**
 * Limits for Piscina pools.
 *
 * `limit` works on the submitting thread: a task waits there for its permit, before a worker is taken. `task` works in
 * the worker: it holds a handler to its word that no wait is left behind. What works in which of Piscina's `atomics`
 * modes:
 *
 * |                                                           | `'sync'` (default)   | `'async'`    | `'disabled'` |
 * |-----------------------------------------------------------|----------------------|--------------|--------------|
 * | `limit(pool, ...).run`                                    | works                | works        | works        |
 * | in a task: `tryAcquire`, `acquireSync`, `await acquire()` | works                | works        | works        |
 * | a wait still under way when the worker's last task ends   | **stuck**: see below | works        | works        |
 * | the same, the handler wrapped in `task`                   | an error             | an error     | an error     |
 *
 * In `'sync'` mode a worker without a task blocks its event loop until the next one comes. A wait it left behind is
 * granted and nobody looks: whoever stands behind it in the queue waits until that worker happens to get another task.
 * A worker is not told which mode it is in, so `task` refuses such a wait in every mode. Where waits are meant to outlive
 * their task, use `'async'` or `'disabled'`, and no `task`. (The environment variables `PISCINA_DISABLE_ATOMICS=1` and
 * `PISCINA_ENABLE_ASYNC_ATOMICS=1` choose the mode of a worker, too.)
 *
 * A permit that a task leaves held is no wait: it stays held, in every mode, until the worker releases it or ends.
 */
export { RunTimeoutError } from '../pools/errors.js';
export type { LimitStats, RunMessage, RunOutcome } from '../pools/figures.js';
export type { LimitOptions, PoolLimit, RunLimits, RunOptions } from '../pools/pool-limit.js';
export { type TaskArguments, task, WaitLeftBehindError } from '../pools/task.js';
export type { LimitedBy, RateOf, SemaphoreOf } from '../pools/with-rate.js';
export { type LimitedRunOptions, limit, type PiscinaRunOptions } from './limit.js';
