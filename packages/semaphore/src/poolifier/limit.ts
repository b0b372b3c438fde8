import { invalidArgType } from 'eventfd/internal';
import type { IPool, IWorker } from 'poolifier';
import { newController } from '../core/controller.js';
import { type LimitOptions, PoolLimit, type RunOptions } from '../pools/pool-limit.js';
import { type Adapter, tellingList } from '../pools/submission.js';
import type { LimitedBy } from '../pools/with-rate.js';

/** What poolifier's `execute` takes beside the data and a signal; passed on to it. */
export interface PoolifierRunOptions {
  /** The name of the task function; the default one if not given. */
  name?: string | undefined;
  /** What is moved to the worker instead of copied. */
  transferList?: NonNullable<Parameters<IPool<IWorker>['execute']>[3]> | undefined;
}

/** Options of a run at a poolifier pool. */
export type LimitedRunOptions = RunOptions & PoolifierRunOptions;

/**
 * Limits how many tasks of a pool run at once, whatever the number of its workers: `limit` of `@eventfd/semaphore/piscina`
 * for a pool of poolifier, with the same rules.
 *
 * poolifier ends no worker, and no task function: a task that is ended while it runs has its promise rejected and gives its
 * permit back, and **goes on**, one more than the limit; a function that does not await hears nothing of it, and the run
 * waits for its end. With `grace` one that listens to its signal ends by itself, and then the limit is exact. A worker that ends by
 * `process.exit()` leaves poolifier's promise pending for ever: `runTimeout` gets the permit back. Cluster pools have neither
 * `grace`, since processes share no memory, nor `runTimeout`, since there is no telling when they get a task.
 *
 * @param semaphore how many at once; or a function that gives the semaphore for a task, for limits by key; or an array of that
 *   and a RateLimit, or a function that gives one: how many at once, and how many in an interval
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for an unknown option, RangeError `ERR_OUT_OF_RANGE`
 */
export function limit<T, R>(
  pool: IPool<IWorker, T, R>,
  semaphore: LimitedBy<T>,
  options?: LimitOptions<T>,
): PoolLimit<T, R, PoolifierRunOptions> {
  if (!isPool(pool)) throw invalidArgType('pool', 'a pool of poolifier', pool);
  return new PoolLimit(adapterOf(pool), semaphore, options);
}

function adapterOf<T, R>(pool: IPool<IWorker, T, R>): Adapter<T, R, PoolifierRunOptions> {
  return {
    pool: 'poolifier',
    options: ['name', 'transferList'],
    seals: true,
    cannot: () =>
      pool.info.worker === 'cluster' ? 'needs a pool of threads: of a process nothing is known' : undefined,
    submit(task, { name, transferList }, control) {
      if (control === undefined) {
        return { result: pool.execute(task, name, undefined, transferList), kill: () => {} };
      }
      const killer = newController();
      const data = control.seal === undefined ? task : (control.seal([task]) as T);
      const list = tellingList(transferList, () => control.handed());
      return {
        result: pool.execute(data, name, killer.signal, list),
        kill: (reason) => killer.abort(reason),
      };
    },
  };
}

/** By what is used of it: poolifier is an optional peer. */
function isPool(pool: unknown): boolean {
  const { execute, mapExecute, workerNodes } = (pool ?? {}) as Partial<IPool<IWorker>> & { workerNodes?: unknown };
  return typeof execute === 'function' && typeof mapExecute === 'function' && Array.isArray(workerNodes);
}
