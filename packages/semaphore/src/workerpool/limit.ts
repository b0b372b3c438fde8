import { invalidArgType } from 'eventfd/internal';
import type { Pool } from 'workerpool';
import { type LimitOptions, PoolLimit, type RunOptions } from '../pools/pool-limit.js';
import { type Adapter, tellingList } from '../pools/submission.js';
import type { LimitedBy } from '../pools/with-rate.js';

/** A function of the worker, or one to send there, and workerpool's own options, which are passed on to it. */
export interface WorkerpoolRunOptions {
  /** The name of one of the worker's methods, or a function, as for `pool.exec`. */
  method: string | ((...args: never[]) => unknown);
  /** As for `pool.exec`. */
  on?: ((payload: unknown) => unknown) | undefined;
  /** As for `pool.exec`. */
  transfer?: object[] | undefined;
  /** As for `pool.exec`. */
  metadata?: unknown;
}

/** Options of a run at a workerpool. */
export type LimitedRunOptions = RunOptions & WorkerpoolRunOptions;

/**
 * Limits how many tasks of a pool run at once, whatever the number of its workers: `limit` of `@eventfd/semaphore/piscina`
 * for a workerpool, with the same rules. A task is the array of the method's parameters:
 *
 *     await limited.run([2, 4], { method: 'add', runTimeout: 1000 });
 *
 * A task that is ended while it runs costs the pool its worker, unless it ends by itself within `grace`. workerpool does
 * not tell when that worker is gone: the promise settles and the permit comes back at once, and for up to the pool's
 * `workerTerminateTimeout` the worker may still be inside, one more than the limit. Child processes (`workerType: 'process'`)
 * have neither `grace`, since they share no memory, nor `runTimeout`, since there is no telling when they get a task.
 *
 * @param semaphore how many at once; or a function that gives the semaphore for a task, for limits by key; or an array of that
 *   and a RateLimit, or a function that gives one: how many at once, and how many in an interval
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for an unknown option, RangeError `ERR_OUT_OF_RANGE`
 */
export function limit<T extends readonly unknown[] = unknown[], R = unknown>(
  pool: Pool,
  semaphore: LimitedBy<T>,
  options?: LimitOptions<T>,
): PoolLimit<T, R, WorkerpoolRunOptions> {
  if (!isPool(pool)) throw invalidArgType('pool', 'a workerpool', pool);
  return new PoolLimit(adapterOf<T, R>(pool), semaphore, options);
}

function adapterOf<T extends readonly unknown[], R>(pool: Pool): Adapter<T, R, WorkerpoolRunOptions> {
  return {
    pool: 'workerpool',
    options: ['method', 'on', 'transfer', 'metadata'],
    seals: true,
    cannot(option, { method }) {
      if (pool.workerType === 'process') return 'needs worker threads: of a process nothing is known';
      if (option === 'grace' && typeof method === 'function') return 'needs a method of the worker that task() wraps';
      return undefined;
    },
    submit(task, { method, ...options }, control) {
      // Its types have a promise of its own.
      const exec = (params: readonly unknown[], given: object) =>
        pool.exec(method as string, params as never, given) as unknown as PromiseLike<R> & { cancel(): void };
      if (!Array.isArray(task)) throw invalidArgType('task', 'an array of the parameters', task);
      if (control === undefined) return { result: exec(task, options), kill: () => {} };
      const params = control.seal === undefined ? task : [control.seal(task)];
      const result = exec(params, { ...options, transfer: tellingList(options.transfer, () => control.handed()) });
      return { result, kill: () => result.cancel() };
    },
  };
}

/** By what is used of it: workerpool is an optional peer. */
function isPool(pool: unknown): boolean {
  const { exec, proxy, stats } = (pool ?? {}) as Partial<Pool>;
  return [exec, proxy, stats].every((method) => typeof method === 'function');
}
