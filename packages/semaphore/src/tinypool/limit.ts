import { invalidArgType } from 'eventfd/internal';
import type { Tinypool } from 'tinypool';
import { prepare } from '../pools/piscina-like.js';
import { type LimitOptions, PoolLimit, type RunOptions } from '../pools/pool-limit.js';
import type { Adapter } from '../pools/submission.js';
import type { LimitedBy } from '../pools/with-rate.js';

/** Tinypool's own options of a run, which are passed on to it. */
export type TinypoolRunOptions = Omit<NonNullable<Parameters<Tinypool['run']>[1]>, 'signal'>;

/** Options of a run at a Tinypool. */
export type LimitedRunOptions = RunOptions & TinypoolRunOptions;

/**
 * Limits how many tasks of a pool run at once, whatever the number of its workers: `limit` of `@eventfd/semaphore/piscina`
 * for a Tinypool, with the same rules.
 *
 * A task that is ended while it runs costs Tinypool the worker it runs on, unless it ends by itself within `grace`. Its
 * permit comes back, and its promise settles, when the worker is gone that the abort dismissed, and any that was dismissed
 * since the task began. In child processes (`runtime: 'child_process'`) there is no `grace`: they share no memory.
 *
 * @param semaphore how many at once; or a function that gives the semaphore for a task, for limits by key; or an array of that
 *   and a RateLimit, or a function that gives one: how many at once, and how many in an interval
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for an unknown option, RangeError `ERR_OUT_OF_RANGE`
 */
export function limit<T = unknown, R = unknown>(
  pool: Tinypool,
  semaphore: LimitedBy<T>,
  options?: LimitOptions<T>,
): PoolLimit<T, R, TinypoolRunOptions> {
  if (!isPool(pool)) throw invalidArgType('pool', 'an instance of Tinypool', pool);
  return new PoolLimit(adapterOf<T, R>(pool), semaphore, options);
}

function adapterOf<T, R>(pool: Tinypool): Adapter<T, R, TinypoolRunOptions> {
  return {
    pool: 'Tinypool',
    options: ['transferList', 'channel', 'filename', 'name', 'runtime'],
    seals: true,
    cannot: (option, { runtime = pool.options.runtime }) =>
      option === 'grace' && runtime === 'child_process' ? 'needs worker threads: processes share no memory' : undefined,
    submit(task, options, control) {
      let { threads } = pool;
      const see = () => {
        threads = [...new Set([...threads, ...pool.threads])];
      };
      // It forgets a worker before the worker is gone.
      const ended = () =>
        Promise.all(threads.filter((each) => !pool.threads.includes(each)).map((each) => each.terminate()));
      if (control === undefined) return { result: pool.run(task, options), kill: () => {}, ended };
      const handed = () => {
        see();
        control.handed();
      };
      const prepared = prepare('Tinypool', task, options, { ...control, handed });
      const kill = (reason: unknown) => {
        see();
        prepared.kill(reason);
      };
      return { result: pool.run(prepared.task, prepared.options), kill, ended };
    },
  };
}

/** By what is used of it: Tinypool is an optional peer, so its class is not imported. */
function isPool(pool: unknown): boolean {
  const { run, threads, cancelPendingTasks } = (pool ?? {}) as Partial<Tinypool>;
  return typeof run === 'function' && typeof cancelPendingTasks === 'function' && Array.isArray(threads);
}
