import { requireFunction } from 'eventfd/internal';
import { newController } from '../core/controller.js';
import { type LimitOptions, PoolLimit } from '../pools/pool-limit.js';
import type { Adapter } from '../pools/submission.js';
import type { LimitedBy } from '../pools/with-rate.js';

/**
 * What is limited: called with the task, and a signal that is aborted when the run is ended. Where nothing could end the run, a
 * function of one parameter is called without.
 */
export type LimitedCall<T, R> = (task: T, signal: AbortSignal) => R | PromiseLike<R>;

/**
 * Limits how many calls of a function are under way at once, on all threads that share the semaphore: `limit` for anything
 * that returns a promise.
 *
 *     const limited = limitCalls((url, signal) => fetch(url, { signal }), semaphore, { runTimeout: 5000 });
 *     const response = await limited.run('http://localhost/');
 *
 * A run that is aborted, or out of time, aborts the call's signal and rejects; with `grace` it rejects when the call has ended
 * or the grace is over. **The permit comes back when the call has ended**, which may be later: nothing ends a call that does
 * not listen. `runTimeout` counts from the call.
 *
 * @param semaphore how many at once; or a function that gives the semaphore for a task, for limits by key; or an array of that
 *   and a RateLimit, or a function that gives one: how many at once, and how many in an interval
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for an unknown option, RangeError `ERR_OUT_OF_RANGE`
 */
export function limitCalls<T, R>(
  fn: LimitedCall<T, R>,
  semaphore: LimitedBy<T>,
  options?: LimitOptions<T>,
): PoolLimit<T, R> {
  requireFunction('fn', fn);
  return new PoolLimit(adapterOf(fn), semaphore, options);
}

/** One that nothing will end: a signal, which costs as much as all else, only for who asks for one. */
async function callUnended<T, R>(fn: LimitedCall<T, R>, task: T): Promise<R> {
  return fn.length === 1 ? await (fn as (task: T) => R | PromiseLike<R>)(task) : await fn(task, newController().signal);
}

function adapterOf<T, R>(fn: LimitedCall<T, R>): Adapter<T, R, object> {
  return {
    pool: 'limitCalls',
    options: [],
    seals: false,
    submit(task, _options, control) {
      if (control === undefined) return { result: callUnended(fn, task), kill: () => {} };
      const controller = newController();
      control.handed();
      const call = (async () => await fn(task, controller.signal))();
      let reject: (reason: unknown) => void = () => {};
      const killed = new Promise<never>((_, settle) => {
        reject = settle;
      });
      const ask = (reason: unknown) => controller.abort(reason);
      const kill = (reason: unknown) => {
        ask(reason);
        reject(reason);
      };
      return { result: Promise.race([call, killed]), ask, kill, released: call };
    },
  };
}
