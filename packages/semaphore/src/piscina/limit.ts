import { invalidArgType } from 'eventfd/internal';
import type { Piscina } from 'piscina';
import { prepare } from '../pools/piscina-like.js';
import { type LimitOptions, PoolLimit, type RunOptions } from '../pools/pool-limit.js';
import type { Adapter } from '../pools/submission.js';
import type { LimitedBy } from '../pools/with-rate.js';
import { Departures } from './departures.js';

/** Piscina's own options of a run, which are passed on to it. */
export type PiscinaRunOptions = Omit<NonNullable<Parameters<Piscina['run']>[1]>, 'signal'>;

/** Options of a run at a Piscina pool. */
export type LimitedRunOptions = RunOptions & PiscinaRunOptions;

/**
 * Limits how many tasks of a pool run at once, whatever the number of its workers.
 *
 * A facade over `Semaphore` and `Piscina.run`. The permit is taken on the calling thread and given back there, so
 * several pools, and several threads with pools of their own, share a limit by sharing its semaphore; it works in each
 * of Piscina's `atomics` modes. When the calling thread ends, its permits come back, as ever.
 *
 * A task that is ended while it runs costs Piscina the worker it runs on, unless it ends by itself within `grace`. Its
 * permit comes back, and its promise settles, when that worker is gone (and those that are dismissed in the same turn:
 * which is whose Piscina does not tell). That takes a millisecond or so; longer if it is inside native code, which nothing
 * interrupts, and for so long it is still inside. The same goes for a task that the destruction of the pool cuts off.
 *
 * @param semaphore how many at once; or a function that gives the semaphore for a task, for limits by key; or an array of that
 *   and a RateLimit, or a function that gives one: how many at once, and how many in an interval
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for an unknown option, RangeError `ERR_OUT_OF_RANGE`
 */
export function limit<T, R>(
  pool: Piscina<T, R>,
  semaphore: LimitedBy<T>,
  options?: LimitOptions<T>,
): PoolLimit<T, R, PiscinaRunOptions> {
  if (!isPool(pool)) throw invalidArgType('pool', 'an instance of Piscina', pool);
  return new PoolLimit(adapterOf(pool), semaphore, options);
}

function adapterOf<T, R>(pool: Piscina<T, R>): Adapter<T, R, PiscinaRunOptions> {
  const departures = Departures.of(pool);
  const ended = () => departures.ended();
  return {
    pool: 'Piscina',
    options: ['transferList', 'filename', 'name'],
    seals: true,
    submit(task, options, control) {
      if (control === undefined) return { result: pool.run(task, options), kill: () => {}, ended };
      const prepared = prepare('Piscina', task, options, control);
      const { kill } = prepared;
      return { result: pool.run(prepared.task as T, prepared.options), kill, ended };
    },
  };
}

/** By what is used of it: Piscina is an optional peer, so its class is not imported. */
function isPool(pool: unknown): boolean {
  const { run, on, threads } = (pool ?? {}) as Partial<Piscina>;
  return typeof run === 'function' && typeof on === 'function' && Array.isArray(threads);
}
