import { inspect } from 'node:util';
import {
  outOfRange,
  requireBoolean,
  requireFunction,
  requireInteger,
  requireOptions,
  requireSignal,
  requireString,
  requireTimeout,
  type SyncWaitOptions,
  type WaitOptions,
} from 'eventfd/internal';
import { BatchSemaphore, MAX_PERMITS } from './core/batch-semaphore.js';
import { Cell, Flag, type Handle } from './core/cell.js';
import { type CheckedWait, WAIT_FOR_EVER } from './core/wait.js';
import { Permit } from './permit.js';

/** What a posted Semaphore arrives as. */
export type SemaphoreHandle = Handle;

export interface SemaphoreOptions {
  /** Strict first come, first served. By default a running thread may overtake a waiter that is still waking up, once. */
  fair?: boolean | undefined;
  /** The most permits that `grow` may reach; 2 ** 29 - 1 by default. */
  max?: number | undefined;
  /** Shown in errors and by `inspect`. */
  name?: string | undefined;
}

export interface AcquireSyncOptions extends SyncWaitOptions {
  /** How many permits to take at once; 1 by default. */
  permits?: number | undefined;
}

export interface AcquireOptions extends WaitOptions {
  /** How many permits to take at once; 1 by default. */
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
 * a free permit that a waiter was just woken for; a waiter that lost one that way is handed the next directly, and one
 * that wants several permits is never overtaken. With `fair` nobody is.
 *
 * **Cancelled waits** (abort, timeout, close) leave the queue at once and hold nothing; whom they stood in the way of is
 * served.
 */
export class Semaphore {
  /** What is sent when the semaphore is posted to another thread. */
  readonly handle: SemaphoreHandle;
  readonly #core: BatchSemaphore;

  /**
   * @param permits how many may hold one at once: an integer from 0 to `max`
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
   */
  constructor(permits: number, options?: SemaphoreOptions);
  constructor(permits: number | Cell, options: SemaphoreOptions = {}) {
    const cell = permits instanceof Cell ? permits : allocate(permits, options);
    this.handle = cell.handle;
    this.#core = new BatchSemaphore('Semaphore', cell);
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
   * Takes permits if they are free and nobody is owed them; never waits.
   *
   * @param permits how many: an integer from 1 to 2 ** 29 - 1
   * @returns `undefined` when they are not to be had now
   * @throws ClosedError `ERR_SEMAPHORE_CLOSED`
   */
  tryAcquire(permits = 1): Permit | undefined {
    if (permits !== 1) requirePermits('permits', permits);
    // Made first: between the permits and the return nothing can fail.
    const permit = new Permit(this.#core, permits);
    return this.#core.tryAcquire(permits) ? permit : undefined;
  }

  /**
   * Waits for permits without blocking the thread. The waiting promise keeps the thread's event loop alive, unless
   * `ref` is false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_SEMAPHORE_CLOSED`;
   *   `EMFILE` and the like when the thread's first wait can get no descriptor
   */
  acquire(options?: AcquireOptions): Promise<Permit> {
    if (options !== undefined) return this.#acquireWith(options);
    const permit = new Permit(this.#core, 1);
    try {
      return this.#core.tryAcquire(1)
        ? Promise.resolve(permit)
        : this.#core.acquire(1, 'acquire', permit, WAIT_FOR_EVER);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #acquireWith(options: AcquireOptions): Promise<Permit> {
    const { permits, ...wait } = checkAcquire(options);
    wait.signal?.throwIfAborted();
    const permit = new Permit(this.#core, permits);
    if (this.#core.tryAcquire(permits)) return permit;
    return this.#core.acquire(permits, 'acquire', permit, wait);
  }

  /**
   * Blocks the thread, its event loop included, until it has the permits. `terminate()` ends the wait within 100 ms.
   *
   * @throws TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_SEMAPHORE_CLOSED`; `EMFILE` and the like when the thread's
   *   first wait can get no descriptor
   */
  acquireSync(options: AcquireSyncOptions = {}): Permit {
    requireOptions(options);
    const permits = checkPermits(options.permits);
    const timeout = requireTimeout(options.timeout);
    const permit = new Permit(this.#core, permits);
    this.#core.acquireSync(permits, 'acquireSync', timeout);
    return permit;
  }

  /** Calls `fn` while holding permits, and gives them back however it ends; the promise takes its result. */
  async run<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    requireFunction('fn', fn);
    const permit = await this.acquire(options);
    try {
      return await fn();
    } finally {
      permit.release();
    }
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
   * @throws RangeError `ERR_OUT_OF_RANGE` when there would be more than `max`, and nothing is added
   */
  grow(permits: number): void {
    requirePermits('permits', permits);
    if (!this.#core.resize(permits))
      throw outOfRange('permits', `such that ${this.#core} stays within its max`, permits);
  }

  /**
   * Takes permits away. Those that are held are taken as they come back, so `available` may be negative until then.
   *
   * @throws RangeError `ERR_OUT_OF_RANGE` when there are not so many, and none is taken
   */
  shrink(permits: number): void {
    requirePermits('permits', permits);
    if (!this.#core.resize(-permits)) throw outOfRange('permits', `<= the ${this.#core.total} there are`, permits);
  }

  /**
   * Ends the semaphore on every thread: waiters and later calls get ERR_SEMAPHORE_CLOSED. Permits that are held can be
   * released as ever.
   */
  close(): void {
    this.#core.close();
  }

  /** Closes it and frees its memory for another; its handles attach no more. */
  [Symbol.dispose](): void {
    this.#core.dispose();
  }

  /** Permits free at this moment; negative after a shrink that waits for holders to give theirs back. */
  get available(): number {
    return this.#core.free;
  }

  /** Permits there are, free or held. */
  get permits(): number {
    return this.#core.total;
  }

  /** Waiters in the queue at this moment, on all threads. */
  get waiting(): number {
    return this.#core.waiting;
  }

  get closed(): boolean {
    return this.#core.closed;
  }

  get fair(): boolean {
    return this.#core.fair;
  }

  get name(): string | undefined {
    return this.handle.name;
  }

  [inspect.custom](): string {
    const { available, permits, waiting } = this;
    return `${this.#core} { ${this.closed ? 'closed, ' : ''}available: ${available}, permits: ${permits}, waiting: ${waiting} }`;
  }
}

function allocate(permits: number, options: SemaphoreOptions): Cell {
  requireOptions(options);
  const { fair = false, max = MAX_PERMITS, name } = options;
  requireBoolean('options.fair', fair);
  requireInteger('options.max', max, 1, MAX_PERMITS);
  requireInteger('permits', permits, 0, max);
  if (name !== undefined) requireString('options.name', name);
  return Cell.allocate('Semaphore', fair ? Flag.FAIR : 0, permits, max, name);
}

function requirePermits(name: string, value: unknown): number {
  return requireInteger(name, value, 1, MAX_PERMITS);
}

function checkPermits(permits: unknown): number {
  return permits === undefined ? 1 : requirePermits('options.permits', permits);
}

function checkAcquire(options: AcquireOptions): CheckedWait & { permits: number } {
  requireOptions(options);
  const { signal, timeout, ref = true, permits } = options;
  return {
    permits: checkPermits(permits),
    signal: requireSignal(signal),
    timeout: requireTimeout(timeout),
    ref: requireBoolean('options.ref', ref),
  };
}
