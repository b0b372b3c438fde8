import { threadId } from 'node:worker_threads';
import {
  invalidArgType,
  native,
  requireBoolean,
  requireFunction,
  requireOptions,
  SYNC_WAIT_FOR_EVER,
} from 'eventfd/internal';
import type { AgingOptions } from './core/aging.js';
import { otherAddonError } from './core/arena.js';
import { BatchSemaphore } from './core/batch-semaphore.js';
import { type Allocator, Cell, Flag, type Handle } from './core/cell.js';
import type { Hold } from './core/hold.js';
import { objectId, titleOf } from './core/identity.js';
import { Opening } from './core/opening.js';
import {
  type CheckedLockWait,
  checkLockWait,
  type LockOptions,
  type LockSyncOptions,
  readLockWait,
  requireLockSyncWait,
} from './core/priority.js';
import { runHolding } from './core/run.js';
import { WAIT_FOR_EVER } from './core/wait.js';
import { checkWatching } from './core/watching.js';
import { DeadlockError } from './errors.js';
import { SharedObject, type SharedObjectOptions } from './shared-object.js';

const LOCK: unique symbol = Symbol.for('eventfd.lock');

/** What a guard is a guard of, in this thread, and how to lock it again once it was unlocked. */
interface LockOf {
  readonly addon: number;
  readonly arena: number;
  readonly offset: number;
  /** In messages. */
  readonly what: string;
  /** Waits without limit; with `inTurn` behind all that wait already, though it be free. */
  relock(ref: boolean, inTurn: boolean): Promise<void>;
  /** The same, blocking. */
  relockSync(): void;
}

/** What a posted Mutex arrives as. */
export type MutexHandle = Handle;

export interface MutexOptions extends SharedObjectOptions, AgingOptions {
  /**
   * Strict first come, first served. By default a running thread may overtake a waiter that is waking up: a promise once, a
   * blocked thread for a millisecond from when it first came too late.
   */
  fair?: boolean | undefined;
  /**
   * The most that may wait in its queue, blocked threads and promises of all threads together; who would be one too many is refused
   * at once with QueueFullError `ERR_QUEUE_FULL`, whatever its timeout. An integer from 0, which lets nobody wait; `Infinity`
   * by default. After the `queueLimit` of .NET's rate limiters. Who comes back from a Condition is let in.
   */
  maxWaiting?: number | undefined;
  /** Warn of guards that are garbage-collected unreleased, as for Semaphore. */
  trackLeaks?: boolean | undefined;
  /** Note where it is locked, as for Semaphore. */
  trackHolders?: boolean | undefined;
}

/**
 * A lock that one thread holds at a time; it comes back when its holder ends, however it ends.
 *
 * A facade over `core/batch-semaphore.ts`: a semaphore of one permit, with an owner. Semantics after POSIX's robust
 * mutexes: the first owner after one that died with the lock finds `guard.abandoned` true, since what the lock protects
 * may have been left half changed.
 *
 * It belongs to the thread and is not reentrant: two asynchronous tasks of one thread exclude each other, too.
 *
 * **Fairness, priorities and cancelled waits** as for Semaphore. Who comes back from a Condition has the priority that it locked
 * the mutex with.
 *
 * **Deadlock.** `lockSync` on a mutex that this thread holds throws at once, whatever its timeout. And when threads that
 * are all blocked in `lockSync` without a timeout wait for each other round a cycle, the one that blocked last gets a
 * DeadlockError, within 100 ms as a rule. A promise is not looked for: see docs/migration.md, "Deadlocks". Nor are locks of
 * other classes.
 */
export class Mutex extends SharedObject {
  readonly #core: BatchSemaphore;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE` */
  constructor(options?: MutexOptions);
  constructor(options: MutexOptions | Cell = {}, opened?: MutexOptions) {
    const cell = options instanceof Cell ? options : allocate(options);
    super(cell);
    this.#core = new BatchSemaphore(cell, options instanceof Cell ? opened?.trackLeaks : options.trackLeaks);
  }

  /**
   * Attaches this thread to a mutex of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: MutexHandle | { handle: MutexHandle }): Mutex {
    return new Mutex(Cell.from('Mutex', handle) as never);
  }

  /**
   * The mutex of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`
   */
  static open(name: string, options?: Omit<MutexOptions, 'name'>): Mutex {
    const Opened = Mutex as unknown as new (cell: Cell, options?: MutexOptions) => Mutex;
    return new Opened(allocate(options ?? {}, new Opening(name)), options);
  }

  /**
   * Locks it if it is free and nobody is owed it; never waits.
   *
   * @throws ClosedError `ERR_MUTEX_CLOSED`
   */
  tryLock(): MutexGuard | undefined {
    return this.#core.tryHold(1, new MutexGuard(this.#core, 1));
  }

  /**
   * Waits for the lock without blocking the thread. The waiting promise keeps the event loop alive, unless `ref` is
   * false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL` when as many
   *   wait as may; ClosedError `ERR_MUTEX_CLOSED`; `EMFILE` and the like when the thread's first wait can get no descriptor
   */
  lock(options?: LockOptions): Promise<MutexGuard> {
    return options === undefined ? lockWith(this.#core, WAIT_FOR_EVER) : this.#lockChecked(options);
  }

  async #lockChecked(options: LockOptions): Promise<MutexGuard> {
    return lockWith(this.#core, checkLockWait(options));
  }

  /**
   * Blocks the thread, its event loop included, until it has the lock. `terminate()` ends the wait within 100 ms.
   *
   * @throws DeadlockError `ERR_DEADLOCK`; TimeoutError `ERR_TIMEOUT`; QueueFullError `ERR_QUEUE_FULL`; ClosedError
   *   `ERR_MUTEX_CLOSED`; `EMFILE` and the like
   */
  lockSync(options?: LockSyncOptions): MutexGuard {
    const wait = requireLockSyncWait(options);
    const guard = new MutexGuard(this.#core, 1, wait.priority);
    if (this.#core.holdSoon(1, guard, wait) !== undefined) return guard;
    if (this.#core.isHolder) {
      throw new DeadlockError([{ threadId, mutex: this.#core.cell.title }]);
    }
    return this.#core.waitSync(1, guard, 'lockSync', wait, { lasting: throwIfDeadlocked });
  }

  /**
   * Calls `fn` while holding the lock, and unlocks however it ends; the promise takes its result.
   * `fn` is not called once the signal has aborted, even if that met the grant: the promise rejects with the reason.
   */
  async run<T>(fn: (guard: MutexGuard) => T | PromiseLike<T>, options?: LockOptions): Promise<T> {
    requireFunction('fn', fn);
    const wait = readLockWait(options);
    const guard = await this.lock(wait);
    return runHolding(
      wait.signal,
      () => fn(guard),
      () => guard.unlock(),
    );
  }

  /** Calls `fn` while holding the lock, blocking until it is to be had, and unlocks however it ends. */
  runSync<T>(fn: (guard: MutexGuard) => T, options?: LockSyncOptions): T {
    requireFunction('fn', fn);
    const guard = this.lockSync(options);
    try {
      return fn(guard);
    } finally {
      guard.unlock();
    }
  }

  /** Whether somebody holds it at this moment. */
  get locked(): boolean {
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
    return { locked: this.locked };
  }
}

/** The lock, held by this thread until `unlock()`, the end of a `using` block, or the end of the thread. */
export class MutexGuard implements Hold {
  /** The only property of its own, for a structured clone to come across: it refuses to be cloned. @internal */
  declare readonly core: BatchSemaphore;
  #count: number;
  #abandoned = false;
  readonly #priority: number;

  /** @internal */
  constructor(core: BatchSemaphore, count: number, priority = 0) {
    this.core = core;
    this.#count = count;
    this.#priority = priority;
  }

  /**
   * The last owner died with the lock: check what it protects before relying on it. Its thread may also have ended
   * between the moment when it was given the lock and its first step with it. Whoever unlocks, if only to wait for a
   * Condition, says that all is well again: no later owner is told.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** False once it was unlocked, and while `Condition.wait` has unlocked it. */
  get locked(): boolean {
    return this.#count > 0;
  }

  /** Unlocks, and wakes the next in the queue. Doing it twice is harmless. */
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
    this.#count = 1;
    if (this.core.takeAbandoned()) this.#abandoned = true;
    this.core.observer?.acquired(this, 1, acquiredAt);
  }

  /** For Condition, which may be of another copy of this package. @internal */
  [LOCK](): LockOf {
    const core = this.core;
    const { cell } = core;
    return {
      addon: native.addonId,
      arena: cell.arena.index,
      offset: cell.offset,
      what: `${cell}`,
      relock: async (ref, inTurn) => {
        // A priority would take it past those that are to be let in.
        const wait = { ...WAIT_FOR_EVER, ref, priority: inTurn ? 0 : this.#priority };
        await core.holdAgain(1, this, 'lock', wait, inTurn);
        this.#count = 1;
      },
      relockSync: () => {
        const wait = { ...SYNC_WAIT_FOR_EVER, priority: this.#priority };
        core.holdSync(1, this, 'lockSync', wait, { lasting: throwIfDeadlocked }, true);
        this.#count = 1;
      },
    };
  }
}

/** Requires a guard of a Mutex, of whichever copy of this package, and gives what it is a guard of. */
export function requireGuard(name: string, guard: unknown): LockOf {
  const { [LOCK]: find } = Object(guard) as Partial<MutexGuard>;
  if (typeof find !== 'function') throw invalidArgType(name, 'an instance of MutexGuard', guard);
  const lock = find.call(guard as MutexGuard);
  if (lock.addon !== native.addonId) throw otherAddonError('guard');
  return lock;
}

function allocate(options: MutexOptions, to: Allocator = Cell): Cell {
  requireOptions(options);
  const { aging, fair = false, maxWaiting, name } = options;
  requireBoolean('options.fair', fair);
  const watching = checkWatching(options);
  return to.allocate('Mutex', { permits: 1, max: 1, flags: fair ? Flag.FAIR : 0, name, maxWaiting, aging, watching });
}

function lockWith(core: BatchSemaphore, wait: CheckedLockWait): Promise<MutexGuard> {
  return core.hold(1, new MutexGuard(core, 1, wait.priority), 'lock', wait);
}

function throwIfDeadlocked(): void {
  const steps = native.findDeadlock();
  if (steps.length === 0) return;
  throw new DeadlockError(
    steps.map((step) => ({ threadId: step.thread, mutex: titleOf('Mutex', step.name || undefined, objectId(step)) })),
  );
}
