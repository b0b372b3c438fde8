import {
  invalidArgType,
  reasonOf,
  requireInteger,
  requireOptions,
  requireSignal,
  throwIfAborted,
} from 'eventfd/internal';
import type { Piscina } from 'piscina';
import { MAX_PERMITS } from '../core/cell.js';
import { checkWait } from '../core/wait.js';
import type { Permit } from '../permit.js';
import type { AcquireOptions, Semaphore } from '../semaphore.js';
import { requireShared } from '../shared-object.js';
import { readCode } from './codes.js';
import { Departures } from './departures.js';
import { Marks } from './marks.js';

type PiscinaRunOptions = NonNullable<Parameters<Piscina['run']>[1]>;

/** One semaphore for all tasks, or one for each key: called with the task, before anything is waited for. */
export type SemaphoreOf<T> = Semaphore | ((task: T) => Semaphore);

/** Piscina's own options (`transferList`, `filename`, `name`) are passed on to it. */
export interface LimitedRunOptions extends Omit<PiscinaRunOptions, 'signal'>, AcquireOptions {
  /** How many permits the task takes; 1 by default. More than there are, as for `Semaphore.acquire`, are refused. */
  permits?: number | undefined;
  /** Ends the wait for the permit; once the task has been handed to Piscina, ends the task, and the worker it runs on. */
  signal?: AbortSignal | undefined;
  /** How long to wait for the permit at most, in milliseconds; `Infinity` by default. The task itself is not timed. */
  timeout?: number | undefined;
  /** Whether the wait for the permit keeps this thread's event loop alive; true by default. */
  ref?: boolean | undefined;
}

/**
 * Limits how many tasks of a pool run at once, whatever the number of its workers.
 *
 * A facade over `Semaphore` and `Piscina.run`. The permit is taken on the calling thread and given back there, so
 * several pools, and several threads with pools of their own, share a limit by sharing its semaphore; it works in each
 * of Piscina's `atomics` modes. When the calling thread ends, its permits come back, as ever.
 *
 * @param semaphore how many at once; or a function that gives the semaphore for a task, for limits by key
 * @throws TypeError `ERR_INVALID_ARG_TYPE`
 */
export function limit<T, R>(pool: Piscina<T, R>, semaphore: SemaphoreOf<T>): PoolLimit<T, R> {
  if (!isPool(pool)) throw invalidArgType('pool', 'an instance of Piscina', pool);
  if (typeof semaphore !== 'function') requireShared('semaphore', 'Semaphore', semaphore, ' or of type function');
  return new PoolLimit(pool, semaphore);
}

/** Made by `limit`. */
export class PoolLimit<T, R> {
  readonly #pool: Piscina<T, R>;
  readonly #semaphore: SemaphoreOf<T>;
  readonly #departures: Departures;
  readonly #waiting = new Marks();

  /** @internal */
  constructor(pool: Piscina<T, R>, semaphore: SemaphoreOf<T>) {
    this.#pool = pool;
    this.#semaphore = semaphore;
    this.#departures = Departures.of(pool);
  }

  /**
   * Waits for the permit, then has the pool run the task, and gives the permit back when the task has ended.
   *
   * A wait that is cancelled has left the queue, holds nothing and never reached Piscina: no worker is disturbed. A task
   * that is aborted costs Piscina the worker it runs on; the permit comes back, and this promise settles, when that
   * worker is gone (and those that are dismissed in the same turn: which is whose Piscina does not tell). That takes a millisecond or so; longer if it is inside native code, which nothing interrupts, and
   * for so long it is still inside. The same goes for a task that the destruction of the pool cuts off.
   *
   * An error arrives without the properties it had in the worker; its `code` is there again where the handler is wrapped
   * by `task`.
   *
   * @throws (rejects) `signal.reason` when aborted, before or after the permit; TimeoutError `ERR_TIMEOUT` when there was
   *   no permit in time; ClosedError `ERR_SEMAPHORE_CLOSED`; TypeError `ERR_INVALID_ARG_TYPE`, RangeError
   *   `ERR_OUT_OF_RANGE`; what the function given as semaphore throws; what the task throws; what Piscina says of a
   *   worker that died
   */
  async run(task: T, options: LimitedRunOptions = {}): Promise<R> {
    requireOptions(options);
    const { permits = 1, signal, timeout, ref, ...forPiscina } = options;
    requireInteger('options.permits', permits, 1, MAX_PERMITS);
    const wait = checkWait({ signal, timeout, ref });
    const permit = await this.#permit(this.#semaphoreFor(task), { permits, ...wait });
    try {
      // The grant and an abort can meet on the way here: this one has not reached Piscina either.
      throwIfAborted(signal);
      return await this.#pool.run(task, signal === undefined ? forPiscina : { ...forPiscina, signal });
    } catch (error) {
      // Piscina tells of an abort, and of its own destruction, while the worker still runs.
      await this.#departures.ended();
      readCode(error);
      throw signal !== undefined && isAbortBy(signal, error) ? reasonOf(signal) : error;
    } finally {
      permit.release();
    }
  }

  /** How many calls of `run` wait for a permit now; tasks that have theirs and wait for a worker are Piscina's to count. */
  get waiting(): number {
    return this.#waiting.count;
  }

  /**
   * Waits until fewer than `mark` calls of `run` wait: back-pressure for whoever submits. Everyone who waits for a mark
   * is told when it is reached. Keeps no event loop alive: the calls of `run` do.
   *
   * @param mark an integer >= 1
   * @throws (rejects) `signal.reason` when aborted; TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
   */
  async whenBelow(mark: number, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    requireInteger('mark', mark, 1, Number.MAX_SAFE_INTEGER);
    requireOptions(options);
    const signal = requireSignal(options.signal);
    throwIfAborted(signal);
    await this.#waiting.below(mark, signal);
  }

  #semaphoreFor(task: T): Semaphore {
    if (typeof this.#semaphore !== 'function') return this.#semaphore;
    const choose = this.#semaphore;
    const semaphore = choose(task);
    requireShared('semaphore(task)', 'Semaphore', semaphore);
    return semaphore;
  }

  async #permit(semaphore: Semaphore, options: AcquireOptions & { permits: number }): Promise<Permit> {
    const free = semaphore.tryAcquire(options.permits);
    if (free !== undefined) return free;
    this.#waiting.add(1);
    try {
      return await semaphore.acquire(options);
    } finally {
      this.#waiting.add(-1);
    }
  }
}

/** By what is used of it: Piscina is an optional peer, so its class is not imported. */
function isPool(pool: unknown): boolean {
  const { run, on, threads } = (pool ?? {}) as Partial<Piscina>;
  return typeof run === 'function' && typeof on === 'function' && Array.isArray(threads);
}

/** Piscina wraps the reason of an abort in an error of its own. */
function isAbortBy(signal: AbortSignal, error: unknown): boolean {
  const { name, cause } = Object(error) as Partial<Error>;
  return signal.aborted && name === 'AbortError' && cause === signal.reason;
}
