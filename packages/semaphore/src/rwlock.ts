import { requireBoolean, requireFunction, requireOptions } from 'eventfd/internal';
import type { AgingOptions } from './core/aging.js';
import { BatchSemaphore } from './core/batch-semaphore.js';
import { type Allocator, Cell, Flag, type Handle, MAX_PERMITS } from './core/cell.js';
import { ReleaseResult } from './core/fastpath.js';
import type { Hold } from './core/hold.js';
import { Opening } from './core/opening.js';
import {
  checkLockWait,
  type LockOptions,
  type LockSyncOptions,
  readLockWait,
  requireLockSyncWait,
} from './core/priority.js';
import { runHolding } from './core/run.js';
import { checkWatching } from './core/watching.js';
import { SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted RwLock arrives as. */
export type RwLockHandle = Handle;

export interface RwLockOptions extends SharedObjectOptions, AgingOptions {
  /**
   * Strict first come, first served. By default a running thread may overtake a reader that is waking up: a promise once, a
   * blocked thread for a millisecond from when it first came too late; and a thread that blocks to write, for a tenth of
   * one from when it came.
   */
  fair?: boolean | undefined;
  /**
   * The most that may wait in its queue, blocked threads and promises of all threads together; who would be one too many is refused
   * at once with QueueFullError `ERR_QUEUE_FULL`, whatever its timeout. An integer from 0, which lets nobody wait; `Infinity`
   * by default. After the `queueLimit` of .NET's rate limiters.
   */
  maxWaiting?: number | undefined;
  /** Warn of guards that are garbage-collected unreleased, as for Semaphore. */
  trackLeaks?: boolean | undefined;
  /** Note where it is locked, as for Semaphore. */
  trackHolders?: boolean | undefined;
}

/** A reader takes one permit, a writer all of them. */
const READ = 1;
const WRITE = MAX_PERMITS;

/**
 * A lock that many threads hold to read, or one to write; it comes back when a holder ends, however it ends.
 *
 * A facade over `core/batch-semaphore.ts`, as tokio's RwLock is over its own. Semantics after `pthread_rwlock` and
 * tokio's `sync::RwLock`; `abandoned` after POSIX's robust mutexes.
 *
 * **Fairness.** One queue, first in, first out: readers that come after a waiting writer wait behind it, so writers are
 * not starved, and neither are readers. Only a thread that blocks to write is overtaken, for a tenth of a millisecond; `fair` does
 * without that. So a thread that holds a read lock and asks for another may wait for a writer
 * that waits for it: do not nest them.
 *
 * **Priorities** as for Semaphore, of readers and writers alike, which stand in the one queue: a writer of a higher `priority` goes
 * before readers that came first, and a reader before writers. So readers of a higher priority than a writer's may keep it
 * out for as long as `aging` lets them; with `Infinity`, as long as they come.
 *
 * **Cancelled waits** leave the queue at once and hold nothing; whom they stood in the way of is served.
 */
export class RwLock extends SharedObject {
  readonly #core: BatchSemaphore;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE` */
  constructor(options?: RwLockOptions);
  constructor(options: RwLockOptions | Cell = {}, opened?: RwLockOptions) {
    const cell = options instanceof Cell ? options : allocate(options);
    super(cell);
    this.#core = new BatchSemaphore(cell, options instanceof Cell ? opened?.trackLeaks : options.trackLeaks);
  }

  /**
   * Attaches this thread to a lock of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: RwLockHandle | { handle: RwLockHandle }): RwLock {
    return new RwLock(Cell.from('RwLock', handle) as never);
  }

  /**
   * The lock of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`
   */
  static open(name: string, options?: Omit<RwLockOptions, 'name'>): RwLock {
    const Opened = RwLock as unknown as new (cell: Cell, options?: RwLockOptions) => RwLock;
    return new Opened(allocate(options ?? {}, new Opening(name)), options);
  }

  /** Locks it to read if nobody writes or is owed it; never waits. @throws ClosedError `ERR_RWLOCK_CLOSED` */
  tryRead(): ReadGuard | undefined {
    return this.#core.tryHold(READ, new ReadGuard(this.#core, READ));
  }

  /**
   * Waits to read, without blocking the thread. The waiting promise keeps the event loop alive, unless `ref` is false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL` when as many
   *   wait as may; ClosedError `ERR_RWLOCK_CLOSED`; `EMFILE` and the like when the thread's first wait can get no descriptor
   */
  async read(options?: LockOptions): Promise<ReadGuard> {
    return this.#core.hold(READ, new ReadGuard(this.#core, READ), 'read', checkLockWait(options));
  }

  /**
   * Blocks the thread until it may read. `terminate()` ends the wait within 100 ms.
   *
   * @throws TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL`; ClosedError `ERR_RWLOCK_CLOSED`; `EMFILE` and the
   *   like
   */
  readSync(options?: LockSyncOptions): ReadGuard {
    return this.#core.holdSync(READ, new ReadGuard(this.#core, READ), 'readSync', requireLockSyncWait(options));
  }

  /** Locks it to write if nobody holds it or is owed it; never waits. @throws ClosedError `ERR_RWLOCK_CLOSED` */
  tryWrite(): WriteGuard | undefined {
    return this.#core.tryHold(WRITE, new WriteGuard(this.#core, WRITE));
  }

  /** Waits to write, without blocking the thread; errors as for `read`. */
  async write(options?: LockOptions): Promise<WriteGuard> {
    return this.#core.hold(WRITE, new WriteGuard(this.#core, WRITE), 'write', checkLockWait(options));
  }

  /** Blocks the thread until it may write; errors as for `readSync`. */
  writeSync(options?: LockSyncOptions): WriteGuard {
    return this.#core.holdSync(WRITE, new WriteGuard(this.#core, WRITE), 'writeSync', requireLockSyncWait(options));
  }

  /**
   * Calls `fn` while holding it to write, and unlocks however it ends; the promise takes its result.
   * `fn` is not called once the signal has aborted, even if that met the grant: the promise rejects with the reason.
   */
  async run<T>(fn: (guard: WriteGuard) => T | PromiseLike<T>, options?: LockOptions): Promise<T> {
    requireFunction('fn', fn);
    const wait = readLockWait(options);
    const guard = await this.write(wait);
    return runHolding(
      wait.signal,
      () => fn(guard),
      () => guard.unlock(),
    );
  }

  /** Calls `fn` while holding it to write, blocking until that is to be had, and unlocks however it ends. */
  runSync<T>(fn: (guard: WriteGuard) => T, options?: LockSyncOptions): T {
    requireFunction('fn', fn);
    return runSyncWith(this.writeSync(options), fn);
  }

  /**
   * Calls `fn` while holding it to read, and unlocks however it ends; the promise takes its result.
   * `fn` is not called once the signal has aborted, even if that met the grant: the promise rejects with the reason.
   */
  async runRead<T>(fn: (guard: ReadGuard) => T | PromiseLike<T>, options?: LockOptions): Promise<T> {
    requireFunction('fn', fn);
    const wait = readLockWait(options);
    const guard = await this.read(wait);
    return runHolding(
      wait.signal,
      () => fn(guard),
      () => guard.unlock(),
    );
  }

  /** Calls `fn` while holding it to read, blocking until that is to be had, and unlocks however it ends. */
  runReadSync<T>(fn: (guard: ReadGuard) => T, options?: LockSyncOptions): T {
    requireFunction('fn', fn);
    return runSyncWith(this.readSync(options), fn);
  }

  /** How many hold it to read at this moment. */
  get readers(): number {
    const { free } = this.#core.cell;
    return free <= 0 ? 0 : WRITE - free;
  }

  /** Whether somebody holds it to write at this moment. */
  get writing(): boolean {
    return this.#core.isTaken;
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
    return { readers: this.readers, writing: this.writing };
  }
}

/** The lock, held to read until `unlock()`, the end of a `using` block, or the end of the thread. */
export class ReadGuard implements Hold {
  /** The only property of its own, for a structured clone to come across: it refuses to be cloned. @internal */
  declare readonly core: BatchSemaphore;
  #count: number;

  /** @internal */
  constructor(core: BatchSemaphore, count: number) {
    this.core = core;
    this.#count = count;
  }

  /** False once it was unlocked. */
  get locked(): boolean {
    return this.#count > 0;
  }

  /** Unlocks, and wakes whom that lets in. Doing it twice is harmless. */
  unlock(): void {
    if (this.#count === 0) return;
    const result = this.core.release(this.#count);
    this.#count = 0;
    this.core.afterRelease(result, this);
  }

  /** The same, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.unlock();
  }

  /** @internal */
  onAcquired(acquiredAt?: string): void {
    this.core.observer?.acquired(this, this.#count, acquiredAt);
  }
}

/** The lock, held to write until `unlock()`, `downgrade()`, the end of a `using` block, or the end of the thread. */
export class WriteGuard implements Hold {
  /** The only property of its own, for a structured clone to come across: it refuses to be cloned. @internal */
  declare readonly core: BatchSemaphore;
  #count: number;
  #abandoned = false;

  /** @internal */
  constructor(core: BatchSemaphore, count: number) {
    this.core = core;
    this.#count = count;
  }

  /**
   * A writer died with the lock, and nobody has locked it to write since: check what it protects before relying on it.
   * Readers in between are not told.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** False once it was unlocked or downgraded. */
  get locked(): boolean {
    return this.#count > 0;
  }

  /** Unlocks, and wakes whom that lets in. Doing it twice is harmless. */
  unlock(): void {
    if (this.#count === 0) return;
    const result = this.core.release(this.#count);
    this.#count = 0;
    this.core.afterRelease(result, this);
  }

  /**
   * Turns it into a lock to read, without letting a writer in between; waiting readers are let in. This guard holds
   * nothing afterwards.
   *
   * @throws Error `ERR_NOT_LOCKED` when it is unlocked already
   */
  downgrade(): ReadGuard {
    if (this.#count === 0) {
      throw Object.assign(new Error(`This guard of ${this.core.cell} is unlocked; downgrade it before that`), {
        code: 'ERR_NOT_LOCKED',
      });
    }
    const guard = new ReadGuard(this.core, READ);
    guard.onAcquired();
    const result = this.core.release(WRITE - READ);
    this.#count = 0;
    // As a rule no call from here on, or a guard that holds may never get to the caller.
    if (this.core.observer !== undefined || result === ReleaseResult.NOT_HELD) this.core.afterRelease(result, this);
    return guard;
  }

  /** The same, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.unlock();
  }

  /** @internal */
  onAcquired(acquiredAt?: string): void {
    if (this.core.takeAbandoned()) this.#abandoned = true;
    this.core.observer?.acquired(this, this.#count, acquiredAt);
  }
}

function runSyncWith<T, G extends ReadGuard | WriteGuard>(guard: G, fn: (guard: G) => T): T {
  try {
    return fn(guard);
  } finally {
    guard.unlock();
  }
}

function allocate(options: RwLockOptions, to: Allocator = Cell): Cell {
  requireOptions(options);
  const { aging, fair = false, maxWaiting, name } = options;
  requireBoolean('options.fair', fair);
  const watching = checkWatching(options);
  return to.allocate('RwLock', {
    permits: WRITE,
    max: WRITE,
    flags: fair ? Flag.FAIR : 0,
    name,
    maxWaiting,
    aging,
    watching,
  });
}
