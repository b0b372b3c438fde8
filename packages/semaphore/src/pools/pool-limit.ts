/** What `limit` is, once, for all pools: who waits for a permit, who has one, and how a run ends. */
import {
  invalidArgType,
  invalidArgValue,
  outOfRange,
  requireFunction,
  requireInteger,
  requireOptions,
  requireSignal,
  throwIfAborted,
} from 'eventfd/internal';
import { MAX_PERMITS } from '../core/cell.js';
import { requireMaxWaiting } from '../core/max-waiting.js';
import { MOST_PRIORITY } from '../core/priority.js';
import { checkWait } from '../core/wait.js';
import { QueueFullError } from '../errors.js';
import type { Permit } from '../permit.js';
import { giveBack, type RateLimit } from '../rate-limit.js';
import type { AcquireOptions, Semaphore } from '../semaphore.js';
import { requireShared } from '../shared-object.js';
import { Envelope } from './envelope.js';
import { Figures, type LimitStats, type RunOutcome } from './figures.js';
import { Marks } from './marks.js';
import { type Ending, mayEnd, Run } from './run.js';
import type { Adapter } from './submission.js';
import {
  acquireBoth,
  type LimitedBy,
  type Limits,
  type RateOf,
  requireLimits,
  type SemaphoreOf,
  tryBoth,
} from './with-rate.js';

/** What a run and a limit both take: the run's own counts. */
export interface RunLimits {
  /**
   * How many runs of this limit may wait for a permit: one that would be one too many is refused at once, with QueueFullError
   * `ERR_QUEUE_FULL`. An integer from 0, which lets none wait, to 2 ** 29 - 1; `Infinity`, no bound, by default. For all who share the
   * semaphore, give `maxWaiting` to that.
   */
  maxWaiting?: number | undefined;
  /**
   * How long a task may take, in milliseconds, from the moment it is handed to a worker; `Infinity` by default. One that
   * takes longer is ended as by an abort, and the run rejects with RunTimeoutError `ERR_RUN_TIMEOUT`.
   */
  runTimeout?: number | undefined;
  /**
   * How long a task that is aborted, or out of time, has to end by itself, in milliseconds: it is told by the signal that
   * `task` gives the handler after its arguments, and only then ended in the pool's way. The handler must be wrapped by
   * `task`. Without `grace` nothing is told, and the pool's way comes at once. Whatever the handler then returns or
   * throws, the run rejects with why it was ended.
   */
  grace?: number | undefined;
}

/** Options of a limit. */
export interface LimitOptions<T> extends RunLimits {
  /** How many permits a task takes: an integer from 1. Called before anything is waited for; `permits` of a run goes before. */
  permitsOf?: ((task: T) => number) | undefined;
  /**
   * The priority with which a task waits for its permits: an integer from 0 to 7, the higher first, as for `Semaphore.acquire`. Called
   * before anything is waited for; `priority` of a run goes before. The queue of a rate, and that of the pool, know none.
   */
  priorityOf?: ((task: T) => number) | undefined;
}

/** What every run takes, beside the options of the pool. */
export interface RunOptions extends AcquireOptions, RunLimits {
  /** How many permits the task takes; 1 by default. More than there are, as for `Semaphore.acquire`, are refused. */
  permits?: number | undefined;
  /** Which of the runs that wait for their permits go first: 0, the default, to 7, the highest; with `aging` of the semaphore. */
  priority?: number | undefined;
  /** Ends the wait for the permit; once the task has been handed to the pool, ends the task: see `grace`. */
  signal?: AbortSignal | undefined;
  /** How long to wait for the permit at most, in milliseconds; `Infinity` by default. The task itself is not timed. */
  timeout?: number | undefined;
  /** Whether the wait for the permit keeps this thread's event loop alive; true by default. */
  ref?: boolean | undefined;
}

type Own = Required<{ [K in keyof RunOptions]: RunOptions[K] }>;

/** A run that had its permit, for who watches. @internal */
export interface EndedRun {
  readonly outcome: RunOutcome;
  readonly error: unknown;
  /** From the permit to the end, in milliseconds. */
  readonly ran: number;
  /** Permits in use when it had got its own. */
  readonly inUse: number;
}

/** Made by `limit`. */
export class PoolLimit<T, R, O extends object = object> {
  readonly #adapter: Adapter<T, R, O>;
  readonly #semaphore: SemaphoreOf<T>;
  readonly #rate: RateOf<T> | undefined;
  readonly #options: LimitOptions<T>;
  readonly #figures = new Figures();
  readonly #waiting = new Marks();
  readonly #watchers = new Set<(run: EndedRun) => void>();

  /** @internal */
  constructor(adapter: Adapter<T, R, O>, limits: LimitedBy<T>, options: LimitOptions<T> = {}) {
    const [semaphore, rate] = requireLimits(limits);
    requireOptions(options);
    const { permitsOf, priorityOf, maxWaiting, runTimeout, grace, ...others } = options;
    if (permitsOf !== undefined) requireFunction('options.permitsOf', permitsOf);
    if (priorityOf !== undefined) requireFunction('options.priorityOf', priorityOf);
    requireMaxWaiting(maxWaiting);
    requireTime('options.runTimeout', runTimeout);
    requireTime('options.grace', grace);
    refuseOthers('limit', others, []);
    this.#adapter = adapter;
    this.#semaphore = semaphore;
    this.#rate = rate;
    this.#options = { permitsOf, priorityOf, maxWaiting, runTimeout, grace };
  }

  /**
   * Waits for the permit, then has the pool run the task, and gives the permit back when the task has ended.
   *
   * A wait that is cancelled has left the queue, holds nothing and never reached the pool: no worker is disturbed. How a
   * task is ended that runs already is the pool's matter: what the adapter's page says. An error arrives without the
   * properties it had in the worker; its `code` is there again where the handler is wrapped by `task`.
   *
   * @throws (rejects) `signal.reason` when aborted, before or after the permit; TimeoutError `ERR_TIMEOUT` when there was
   *   no permit in time; QueueFullError `ERR_QUEUE_FULL`; RunTimeoutError `ERR_RUN_TIMEOUT`; ClosedError `ERR_SEMAPHORE_CLOSED`; TypeError
   *   `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for an option that the pool does not have, `ERR_HANDLER_NOT_WRAPPED`
   *   with `grace`; RangeError `ERR_OUT_OF_RANGE`; what the functions given as semaphore, `permitsOf` and
   *   `priorityOf` throw; what the task throws; what the pool says of a worker that died
   */
  async run(task: T, options: RunOptions & O = {} as RunOptions & O): Promise<R> {
    requireOptions(options);
    const { permits: weight, priority: rank, signal, timeout, ref, maxWaiting, ...more } = options as Own;
    const { runTimeout, grace, ...rest } = more;
    const forPool = rest as unknown as O;
    const { permitsOf, priorityOf } = this.#options;
    const permits = weight === undefined ? (permitsOf?.(task) ?? 1) : weight;
    requireInteger(weight === undefined ? 'permitsOf(task)' : 'options.permits', permits, 1, MAX_PERMITS);
    const priority = rank === undefined ? (priorityOf?.(task) ?? 0) : rank;
    requireInteger(rank === undefined ? 'priorityOf(task)' : 'options.priority', priority, 0, MOST_PRIORITY);
    const wait = checkWait({ signal, timeout, ref });
    const most = requireMaxWaiting(maxWaiting) ?? this.#options.maxWaiting ?? Number.POSITIVE_INFINITY;
    const ending = this.#ending(signal, runTimeout, grace);
    refuseOthers(this.#adapter.pool, forPool, this.#adapter.options);
    for (const option of ['grace', 'runTimeout'] as const) this.#requireAble(option, ending[option], forPool);
    const limits = { semaphore: this.#semaphoreFor(task), rate: this.#rateFor(task) };
    const { semaphore } = limits;

    const figures = this.#figures.run(semaphore, permits);
    let permit: Permit;
    try {
      permit = await this.#permit(limits, { permits, priority, ...wait }, most);
    } catch (error) {
      figures.end(signal?.aborted ? 'aborted' : 'refused');
      throw error;
    }
    figures.start();
    const inUse = this.#watchers.size > 0 ? semaphore.permits - semaphore.available : 0;
    let run: Run<R> | undefined;
    let outcome: 'completed' | 'failed' = 'failed';
    let thrown: unknown;
    try {
      // The grant and an abort can meet on the way here: this one has not reached the pool either.
      throwIfAborted(signal);
      const seals = mayEnd(ending) && ending.grace !== undefined && this.#adapter.seals;
      const envelope = seals ? new Envelope() : undefined;
      run = new Run<R>(ending, envelope);
      const result = await run.result((control) => this.#adapter.submit(task, forPool, control));
      outcome = 'completed';
      return result;
    } catch (error) {
      thrown = error;
      throw error;
    } finally {
      try {
        if (run === undefined && limits.rate !== undefined) giveBack(limits.rate);
        const how = run === undefined ? 'aborted' : (run.outcome ?? outcome);
        const ran = figures.end(how);
        for (const watcher of this.#watchers) watcher({ outcome: how, error: thrown, ran, inUse });
      } finally {
        // Whatever a watcher throws.
        const release = () => {
          figures.release();
          permit.release();
        };
        if (run?.released === undefined) release();
        else void run.released.then(release, release);
      }
    }
  }

  /** How many calls of `run` wait for a permit now; tasks that have theirs and wait for a worker are the pool's to count. */
  get waiting(): number {
    return this.#waiting.count;
  }

  /** Figures of this limit, since it was made. */
  stats(): LimitStats {
    return this.#figures.stats(this.waiting);
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

  /** For who adapts its semaphore to what its runs show. @internal */
  watchRuns() {
    return {
      semaphore: this.#semaphore,
      runTimeout: this.#options.runTimeout,
      watch: (watcher: (run: EndedRun) => void): (() => void) => {
        this.#watchers.add(watcher);
        return () => void this.#watchers.delete(watcher);
      },
    };
  }

  #ending(signal: AbortSignal | undefined, runTimeout: unknown, grace: unknown): Ending {
    return {
      signal,
      runTimeout: requireTime('options.runTimeout', runTimeout) ?? this.#options.runTimeout ?? Number.POSITIVE_INFINITY,
      grace: requireTime('options.grace', grace) ?? this.#options.grace,
    };
  }

  #requireAble(option: 'grace' | 'runTimeout', value: number | undefined, forPool: O): void {
    if (value === undefined || value === Number.POSITIVE_INFINITY) return;
    const reason = this.#adapter.cannot?.(option, forPool);
    if (reason !== undefined) throw invalidArgValue(`options.${option}`, reason, value);
  }

  #semaphoreFor(task: T): Semaphore {
    if (typeof this.#semaphore !== 'function') return this.#semaphore;
    const choose = this.#semaphore;
    const semaphore = choose(task);
    requireShared('semaphore(task)', 'Semaphore', semaphore);
    return semaphore;
  }

  #rateFor(task: T): RateLimit | undefined {
    if (typeof this.#rate !== 'function') return this.#rate;
    const choose = this.#rate;
    const rate = choose(task);
    requireShared('semaphore[1](task)', 'RateLimit', rate);
    return rate;
  }

  async #permit(
    limits: Limits,
    options: AcquireOptions & { permits: number; timeout: number },
    most: number,
  ): Promise<Permit> {
    const free = tryBoth(limits, options.permits);
    if (free !== undefined) return free;
    if (this.waiting >= most) throw new QueueFullError(`run() at a limit of ${limits.semaphore}`, most);
    this.#waiting.add(1);
    try {
      return await acquireBoth(limits, options);
    } finally {
      this.#waiting.add(-1);
    }
  }
}

/** Milliseconds, from 0 to `Infinity`, or undefined. */
function requireTime(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!(value >= 0)) throw outOfRange(name, '>= 0', value);
  return value;
}

/** An option that nobody honours is an error. */
function refuseOthers(where: string, options: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const message = `The argument "options.${name}" is no option of ${where}, and would do nothing`;
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
  }
}
