import {
  invalidArgType,
  native,
  outOfRange,
  Role,
  requireInteger,
  requireOptions,
  requireSyncWait,
  type SyncWaitOptions,
  type WaitOptions,
} from 'eventfd/internal';
import { Cell, type Handle, MAX_PERMITS, Word } from './core/cell.js';
import { TryResult } from './core/fastpath.js';
import { checkWait, type Target, waitFor, waitForSync } from './core/wait.js';
import { checkPatience } from './core/watching.js';
import { SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted RateLimit arrives as. */
export type RateLimitHandle = Handle;

export interface RateLimitOptions extends SharedObjectOptions {
  /** How many permits there are in an `interval`: an integer from 1 to 2 ** 29 - 1. */
  limit: number;
  /** In milliseconds; 1000 by default. A permit takes 10 nanoseconds of it at least. */
  interval?: number | undefined;
  /**
   * How many permits can be had at once after a time in which nobody wanted any: an integer from 1; `limit` by default. With 1
   * they come one by one, evenly.
   */
  burst?: number | undefined;
  /**
   * The most that may wait, blocked threads and promises of all threads together; who would be one too many is refused at once
   * with QueueFullError `ERR_QUEUE_FULL`. An integer from 0; `Infinity` by default.
   */
  maxWaiting?: number | undefined;
}

export interface RateAcquireOptions extends WaitOptions {
  /** How many permits to take at once: an integer from 1 to `burst`; 1 by default. */
  permits?: number | undefined;
}

export interface RateAcquireSyncOptions extends SyncWaitOptions {
  /** How many permits to take at once: an integer from 1 to `burst`; 1 by default. */
  permits?: number | undefined;
}

/** Of whichever copy of this package over one addon: the same for `limit`, which may be of another. */
const GIVE_BACK: unique symbol = Symbol.for(`eventfd.giveBack.${native.addonId}`);

/** So many tokens a millisecond there may be, and a full burst takes so many milliseconds at most: what the clock can count. */
const MOST_EACH_MS = 1e5;
const LONGEST = 1e11;

/**
 * A rate that the threads of a process share: at most `limit` permits in `interval` milliseconds, after a burst.
 *
 * Semantics after the generic cell rate algorithm (ITU-T I.371), which equals a token bucket of `burst` that fills evenly. A
 * permit is spent, not held: there is nothing to give back. The clock is the machine's monotonic one, whatever fake timers
 * say.
 *
 * **Sharing.** Post it as it is (`workerData`, `postMessage`, `setEnvironmentData`) and attach what arrives with
 * `RateLimit.from`.
 *
 * **Fairness.** Waiters, blocking and not, of all threads stand in one queue, strictly first come, first served; nobody is
 * overtaken. Promises of a thread that is blocked are passed over meanwhile, and keep their places. Who is served late, since
 * its thread was, does not make those behind it late: up to 20 ms are made up for.
 *
 * **Cancelled waits** (abort, timeout, close, the end of their thread) leave the queue at once and have spent nothing, not
 * even what was granted and not seen yet; whoever stood behind is served so much earlier.
 */
export class RateLimit extends SharedObject {
  readonly #cell: Cell;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` */
  constructor(options: RateLimitOptions);
  constructor(options: RateLimitOptions | Cell) {
    const cell = options instanceof Cell ? options : allocate(options);
    super(cell);
    this.#cell = cell;
  }

  /**
   * Attaches this thread to a rate limit of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: RateLimitHandle | { handle: RateLimitHandle }): RateLimit {
    return new RateLimit(Cell.from('RateLimit', handle) as never);
  }

  /**
   * Spends permits if they can be had now and nobody waits; never waits.
   *
   * @param permits an integer from 1 to `burst`
   * @returns whether they were to be had
   * @throws TypeError `ERR_INVALID_ARG_TYPE`; RangeError `ERR_OUT_OF_RANGE`; ClosedError `ERR_RATELIMIT_CLOSED`
   */
  tryAcquire(permits = 1): boolean {
    if (permits !== 1) this.#check('permits', permits);
    return this.#take(permits);
  }

  /**
   * Waits for permits without blocking the thread, and spends them. The waiting promise keeps the event loop alive, unless `ref`
   * is false. A wait that could not end within its timeout, by what waits before it, is refused at once: the error's
   * `retryAfter` says in how many milliseconds who asks now would be served.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL` when as many
   *   wait as may; ClosedError `ERR_RATELIMIT_CLOSED`; RangeError `ERR_OUT_OF_RANGE` for more permits than `burst`; `EMFILE`
   *   and the like when the thread's first wait can get no descriptor
   */
  async acquire(options?: RateAcquireOptions): Promise<void> {
    requireOptions(options);
    const permits = this.#weight(options?.permits);
    const wait = checkWait(options);
    if (!this.#take(permits)) await waitFor(this.#target('acquire', permits), wait);
  }

  /**
   * Blocks the thread, its event loop included, until it has spent permits. `terminate()` ends the wait within 100 ms.
   *
   * @throws as `acquire`
   */
  acquireSync(options?: RateAcquireSyncOptions): void {
    const wait = requireSyncWait(options);
    const permits = this.#weight(options?.permits);
    if (!this.#take(permits)) waitForSync(this.#target('acquireSync', permits), wait);
  }

  /** Permits that can be had at this moment. */
  get available(): number {
    return this.#cell.tryAttach() ? native.available(this.#cell.attachment) : 0;
  }

  /** Permits in an `interval`. */
  get limit(): number {
    return this.#cell.load(Word.TOTAL);
  }

  /** In milliseconds. */
  get interval(): number {
    const [low, high] = [this.#cell.load(Word.INTERVAL), this.#cell.load(Word.INTERVAL + 1)];
    return new Float64Array(Int32Array.of(low, high).buffer)[0] as number;
  }

  /** Permits that can be had at once after a pause. */
  get burst(): number {
    return this.#cell.load(Word.MAX);
  }

  /** The most that may wait in its queue; `Infinity` where its maker gave no `maxWaiting`. */
  get maxWaiting(): number {
    return this.#cell.maxWaiting;
  }

  protected override details() {
    return { limit: this.limit, interval: this.interval, burst: this.burst, available: this.available };
  }

  /** @internal */
  [GIVE_BACK](): void {
    if (this.#cell.tryAttach()) native.giveBackTokens(this.#cell.attachment, 1);
  }

  #take(permits: number): boolean {
    const attachment = this.#cell.attachment >= 0 ? this.#cell.attachment : this.#cell.attach();
    const result = native.tryDraw(attachment, permits);
    if (result === TryResult.CLOSED) throw this.#cell.closedError();
    return result === TryResult.TAKEN;
  }

  #weight(permits: unknown): number {
    return permits === undefined || permits === 1 ? 1 : this.#check('options.permits', permits);
  }

  /** More than the bucket holds are never to be had. */
  #check(name: string, permits: unknown): number {
    const weight = requireInteger(name, permits, 1, MAX_PERMITS);
    const { burst } = this;
    if (weight > burst && !this.closed) throw outOfRange(name, `<= the burst of ${this}, ${burst}`, weight);
    return weight;
  }

  #target(method: string, permits: number): Target<void> {
    const cell = this.#cell;
    return {
      cell,
      method,
      permits,
      role: Role.DRAWER,
      granted: () => {},
      refused: () => cell.closedError(),
      retryAfter: () => native.retryAfter(cell.attachment, permits),
    };
  }
}

/** A permit that was spent is not used after all: who waits is served so much earlier. */
export function giveBack(rate: RateLimit): void {
  rate[GIVE_BACK]();
}

function allocate(options: RateLimitOptions): Cell {
  if (typeof options !== 'object' || options === null) throw invalidArgType('options', 'of type object', options);
  const { limit, interval = 1000, burst = limit, maxWaiting, name } = options;
  requireInteger('options.limit', limit, 1, MAX_PERMITS);
  if (typeof interval !== 'number') throw invalidArgType('options.interval', 'of type number', interval);
  const least = limit / MOST_EACH_MS;
  if (!(interval >= least && interval <= LONGEST)) {
    throw outOfRange('options.interval', `>= ${least}, at 10 ns a permit, and <= ${LONGEST}`, interval);
  }
  requireInteger('options.burst', burst, 1, MAX_PERMITS);
  const watching = checkPatience(options);
  if ((burst * interval) / limit > LONGEST) {
    throw outOfRange('options.burst', `such that it fills within ${LONGEST} ms`, burst);
  }
  const rate = { limit, interval };
  return Cell.allocate('RateLimit', { permits: 0, max: burst, flags: 0, name, maxWaiting, rate, watching });
}
