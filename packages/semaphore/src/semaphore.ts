import {
  invalidArgValue,
  outOfRange,
  requireBoolean,
  requireFunction,
  requireInteger,
  requireOptions,
} from 'eventfd/internal';
import type { AgingOptions } from './core/aging.js';
import { BatchSemaphore } from './core/batch-semaphore.js';
import { type Allocator, Cell, Flag, type Handle, MAX_PERMITS, Word } from './core/cell.js';
import { Opening } from './core/opening.js';
import {
  checkLockWait,
  type LockOptions,
  type LockSyncOptions,
  readLockWait,
  requireLockSyncWait,
} from './core/priority.js';
import { runHolding } from './core/run.js';
import { WAIT_FOR_EVER } from './core/wait.js';
import { checkWatching } from './core/watching.js';
import { Event } from './event.js';
import { Permit } from './permit.js';
import { SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted Semaphore arrives as. */
export type SemaphoreHandle = Handle;

/** Of `grow`. */
export interface GrowOptions {
  /** How many permits are taken away again in the same step; 0 by default. */
  recall?: number | undefined;
}

export interface SemaphoreOptions extends SharedObjectOptions, AgingOptions {
  /**
   * Strict first come, first served. By default a running thread may overtake a waiter that is waking up: a promise once, a
   * blocked thread for a millisecond from when it first came too late.
   */
  fair?: boolean | undefined;
  /**
   * The most that may wait in its queue, blocked threads and promises of all threads together; who would be one too many is refused
   * at once with QueueFullError `ERR_QUEUE_FULL`, whatever its timeout. An integer from 0, which lets nobody wait; `Infinity`
   * by default. After the `queueLimit` of .NET's rate limiters.
   */
  maxWaiting?: number | undefined;
  /**
   * Warn, through `process.emitWarning`, of a Permit of this object that is garbage-collected unreleased, with the stack
   * of its acquire. Slow; by default on where the environment says EVENTFD_TRACK_LEAKS=1.
   */
  trackLeaks?: boolean | undefined;
  /**
   * Note where its permits are acquired, by a stack for each, on every thread that it is posted to: `inspect()` and
   * `npx @eventfd/semaphore inspect` show that of what is held. An acquire takes some microseconds more; by default on where the
   * environment says EVENTFD_TRACK_HOLDERS=1. Of a named object each opener decides for itself.
   */
  trackHolders?: boolean | undefined;
  /**
   * An Event with `autoReset`, for a thread that moves the number of permits by need: it is set when a wait has come to stand in the
   * queue, and when permits are released while one does. Not when a thread ends that held some.
   */
  bell?: Event | undefined;
  /**
   * The most permits that `grow` may reach; 2 ** 29 - 1 by default. Giving it says that permits will be added: up to it,
   * one may wait for more than there are.
   */
  max?: number | undefined;
}

/** What `Semaphore.open` takes: who opens it by its name would not know of a bell. */
export type NamedSemaphoreOptions = Omit<SemaphoreOptions, 'name' | 'bell'>;

export interface AcquireSyncOptions extends LockSyncOptions {
  /**
   * How many permits to take at once: an integer from 1 to the `permits` there are at that moment, or to `max` if the
   * semaphore's maker gave it; 1 by default, which is never too many. A wait for more would have no end, and everybody
   * would stand behind it: it is refused with RangeError `ERR_OUT_OF_RANGE`.
   */
  permits?: number | undefined;
}

export interface AcquireOptions extends LockOptions {
  /**
   * How many permits to take at once: an integer from 1 to the `permits` there are at that moment, or to `max` if the
   * semaphore's maker gave it; 1 by default, which is never too many. A wait for more would have no end, and everybody
   * would stand behind it: it is refused with RangeError `ERR_OUT_OF_RANGE`.
   */
  permits?: number | undefined;
}

/**
 * A counting semaphore shared by the worker threads of a process: at most so many of you at once.
 *
 * A facade over `core/batch-semaphore.ts`. Semantics after Dijkstra, tokio's `sync::Semaphore` and
 * `java.util.concurrent.Semaphore`, with one thing more: permits belong to the thread that acquired them, and come back
 * when it ends, however it ends.
 *
 * **Sharing.** Post it as it is (`workerData`, `postMessage`, `setEnvironmentData`) and attach what arrives with
 * `Semaphore.from`.
 *
 * **Fairness.** Waiters, blocking and not, stand in one queue, first in, first out. By default a running thread may take
 * a free permit that a waiter was just woken for. A promise that lost one that way is handed the next directly; a blocked
 * thread once a millisecond has passed since, during which it looks again and again (after Go's `sync.Mutex` and
 * parking_lot). One that wants several permits is never overtaken. With `fair` nobody is.
 *
 * **Priorities.** Of those that wait, the ones of a higher `priority` go first, and who has waited for `aging` milliseconds counts one
 * level higher than who comes then. It is between those that wait: who runs may overtake them all as above, unless it is `fair`.
 *
 * **Cancelled waits** (abort, timeout, close) leave the queue at once and hold nothing; whom they stood in the way of is
 * served.
 */
export class Semaphore extends SharedObject {
  readonly #core: BatchSemaphore;

  /**
   * @param permits how many may hold one at once: an integer from 0 to `max`
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
   */
  constructor(permits: number, options?: SemaphoreOptions);
  constructor(permits: number | Cell, options: SemaphoreOptions = {}) {
    const cell = permits instanceof Cell ? permits : allocate(permits, options);
    super(cell);
    this.#core = new BatchSemaphore(cell, options?.trackLeaks);
  }

  /**
   * Attaches this thread to a semaphore of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: SemaphoreHandle | { handle: SemaphoreHandle }): Semaphore {
    return new Semaphore(Cell.from('Semaphore', handle) as never);
  }

  /**
   * The semaphore of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @param permits as the constructor's. Without it, whatever is there is attached, and nothing is made
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`; NameNotFoundError `ERR_NOT_FOUND`
   */
  static open(name: string, permits?: number, options?: NamedSemaphoreOptions): Semaphore {
    const opening = new Opening(name);
    requireOptions(options);
    const { aging, fair, max, maxWaiting } = options ?? {};
    if ([permits, aging, fair, max, maxWaiting].every((each) => each === undefined)) {
      return new Semaphore(opening.attach('Semaphore', checkWatching(options ?? {})) as never, options);
    }
    return new Semaphore(allocate(permits as number, options ?? {}, opening) as never, options);
  }

  /**
   * Takes permits if they are free and nobody is owed them; never waits.
   *
   * @param permits how many: an integer from 1 to 2 ** 29 - 1
   * @returns `undefined` when they are not to be had now, as more than there are never are
   * @throws ClosedError `ERR_SEMAPHORE_CLOSED`
   */
  tryAcquire(permits = 1): Permit | undefined {
    if (permits !== 1) requirePermits('permits', permits);
    return this.#core.tryHold(permits, new Permit(this.#core, permits));
  }

  /**
   * Waits for permits without blocking the thread. The waiting promise keeps the thread's event loop alive, unless
   * `ref` is false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL` when as many
   *   wait as may; ClosedError `ERR_SEMAPHORE_CLOSED`;
   *   RangeError `ERR_OUT_OF_RANGE` when there are not so many permits; `EMFILE` and the like when the thread's first wait
   *   can get no descriptor
   */
  acquire(options?: AcquireOptions): Promise<Permit> {
    if (options !== undefined) return this.#acquireWith(options);
    return this.#core.hold(1, new Permit(this.#core, 1), 'acquire', WAIT_FOR_EVER);
  }

  async #acquireWith(options: AcquireOptions): Promise<Permit> {
    requireOptions(options);
    const permits = this.#checkWeight(options.permits);
    const wait = checkLockWait(options);
    return this.#core.hold(permits, new Permit(this.#core, permits), 'acquire', wait);
  }

  /**
   * Blocks the thread, its event loop included, until it has the permits. `terminate()` ends the wait within 100 ms, the
   * abort of a SharedAbortController within 50.
   *
   * @throws `options.signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL`; ClosedError
   *   `ERR_SEMAPHORE_CLOSED`; RangeError `ERR_OUT_OF_RANGE` when there are
   *   not so many permits; `EMFILE` and the like when the thread's first wait can get no descriptor
   */
  acquireSync(options?: AcquireSyncOptions): Permit {
    const wait = requireLockSyncWait(options);
    const permits = this.#checkWeight(options?.permits);
    return this.#core.holdSync(permits, new Permit(this.#core, permits), 'acquireSync', wait);
  }

  /** More than there are, or are said to come, are never to be had: a wait for them would have no end. */
  #checkWeight(permits: unknown): number {
    if (permits === undefined || permits === 1) return 1;
    const weight = requirePermits('options.permits', permits);
    // Whoever comes next finds a closed one closed, and says so.
    if (this.closed) return weight;
    const { cell } = this.#core;
    if (cell.has(Flag.MAX_GIVEN)) {
      const max = cell.load(Word.MAX);
      if (weight > max) throw outOfRange('options.permits', `<= the max of ${this}, ${max}`, weight);
    } else if (weight > Math.max(1, this.permits)) {
      const most = `<= the ${this.permits} permits of ${this}, or it must have been made with a larger "max"`;
      throw outOfRange('options.permits', most, weight);
    }
    return weight;
  }

  /**
   * Calls `fn` while holding permits, and gives them back however it ends; the promise takes its result.
   * `fn` is not called once the signal has aborted, even if that met the grant: the promise rejects with the reason.
   */
  async run<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    requireFunction('fn', fn);
    requireOptions(options);
    const permits = options?.permits;
    // Read once: options may be an object with getters.
    const wait = { ...readLockWait(options), permits };
    const permit = await this.acquire(wait);
    return runHolding(wait.signal, fn, () => permit.release());
  }

  /** Calls `fn` while holding permits, blocking until they are to be had, and gives them back however it ends. */
  runSync<T>(fn: () => T, options?: AcquireSyncOptions): T {
    requireFunction('fn', fn);
    const permit = this.acquireSync(options);
    try {
      return fn();
    } finally {
      permit.release();
    }
  }

  /**
   * Adds permits, and serves waiters with them.
   *
   * With `recall` so many are taken away again in the same step, as `shrink` does: waiters are served, and what they
   * give back is nobody's, however soon that is. For one who passes on permits that are lent. Of a fair semaphore only:
   * who waits for another may just be woken to try.
   *
   * @throws RangeError `ERR_OUT_OF_RANGE` when there would be more than `max`, or fewer than none, and nothing is changed;
   *   TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`
   */
  grow(permits: number, options: GrowOptions = {}): void {
    requirePermits('permits', permits);
    requireOptions(options);
    const { recall = 0 } = options;
    requireInteger('options.recall', recall, 0, MAX_PERMITS);
    if (recall > 0 && !this.fair) throw invalidArgValue('options.recall', 'needs a semaphore that is fair', recall);
    if (this.#core.resize(permits, recall)) return;
    if (recall > permits + this.permits) throw outOfRange('options.recall', 'no more than there are then', recall);
    throw outOfRange('permits', `such that ${this} stays within its max`, permits);
  }

  /**
   * Takes permits away. Those that are held are taken as they come back, so `available` may be negative until then. A
   * wait under way for more than are left keeps its place, and who stands behind it waits with it, until permits are added
   * or it gives up.
   *
   * @throws RangeError `ERR_OUT_OF_RANGE` when there are not so many, and none is taken
   */
  shrink(permits: number): void {
    requirePermits('permits', permits);
    if (!this.#core.resize(-permits)) throw outOfRange('permits', `<= the ${this.permits} there are`, permits);
  }

  /** Permits free at this moment; negative after a shrink that waits for holders to give theirs back. */
  get available(): number {
    return this.#core.cell.free;
  }

  /** Permits there are, free or held. */
  get permits(): number {
    return this.#core.cell.load(Word.TOTAL);
  }

  /** Whether waiters are served strictly in their order. */
  get fair(): boolean {
    return this.#core.cell.has(Flag.FAIR);
  }

  /** After how many milliseconds a waiter counts one level higher than who comes then; `Infinity`: never. */
  get aging(): number {
    return this.#core.cell.aging;
  }

  /** The most that may wait in its queue; `Infinity` where its maker gave no `maxWaiting`. */
  get maxWaiting(): number {
    return this.#core.cell.maxWaiting;
  }

  protected override details() {
    return { available: this.available, permits: this.permits };
  }
}

function allocate(permits: number, options: SemaphoreOptions, to: Allocator = Cell): Cell {
  requireOptions(options);
  const { aging, bell, fair = false, max, maxWaiting, name } = options;
  requireBoolean('options.fair', fair);
  if (max !== undefined) requireInteger('options.max', max, 1, MAX_PERMITS);
  const most = max ?? MAX_PERMITS;
  requireInteger('permits', permits, 0, most);
  if (bell !== undefined && !Event.from(bell).autoReset) {
    throw invalidArgValue('options.bell', 'must be an Event with autoReset', bell);
  }
  const watching = checkWatching(options);
  const flags = (fair ? Flag.FAIR : 0) | (max !== undefined ? Flag.MAX_GIVEN : 0);
  return to.allocate('Semaphore', { permits, max: most, flags, name, bell: bell?.handle, maxWaiting, aging, watching });
}

function requirePermits(name: string, value: unknown): number {
  return requireInteger(name, value, 1, MAX_PERMITS);
}
