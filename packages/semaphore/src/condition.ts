import {
  type Cancellable,
  type CheckedSyncWait,
  cancelWhen,
  invalidArgValue,
  native,
  Role,
  received,
  requireFunction,
  requireInteger,
  requireOptions,
  requireSyncWait,
  type SyncWaitOptions,
  TimeoutError,
  throwIfAborted,
  type WaitOptions,
} from 'eventfd/internal';
import { type Allocator, Cell, type Handle, MAX_PERMITS } from './core/cell.js';
import { mutexOfOpened, NamedArena } from './core/names.js';
import { Opening } from './core/opening.js';
import { type CheckedWait, checkWait, type Target, waitFor, waitForSync } from './core/wait.js';
import { checkPatience } from './core/watching.js';
import { Mutex, type MutexGuard, type MutexHandle, requireGuard } from './mutex.js';
import { type NamedObjectOptions, requireShared, SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted Condition arrives as: its own handle, and its mutex's. */
export interface PostedCondition {
  readonly handle: Handle;
  readonly mutex: { readonly handle: MutexHandle };
}

/**
 * Waiting, with a Mutex unlocked, for another thread to say that something has changed.
 *
 * Semantics after POSIX's `pthread_cond_wait`: a wait joins the queue before it unlocks, so no notification falls in
 * between; the guard is held again whichever way it ends, timeout and abort included (unless the mutex was closed
 * meanwhile); and as what was waited for may have changed again by then, look at it in a loop, or let `waitFor` do so.
 *
 * A notification wakes waiters in the order they came. One whose wait was cancelled, or whose thread has ended before it
 * learned of it, passes it on.
 */
export class Condition extends SharedObject {
  /** The mutex it goes with. Posted along. */
  readonly mutex: Mutex;
  readonly #cell: Cell;
  readonly #mutexCell: Cell;

  /**
   * @param mutex the one that protects what is waited for
   * @throws TypeError `ERR_INVALID_ARG_TYPE`
   */
  constructor(mutex: Mutex, options?: SharedObjectOptions);
  constructor(mutex: Mutex, options: SharedObjectOptions | Cell = {}) {
    requireShared('mutex', 'Mutex', mutex);
    const cell = options instanceof Cell ? options : allocate(options);
    super(cell);
    this.mutex = mutex;
    this.#cell = cell;
    this.#mutexCell = Cell.from('Mutex', mutex);
  }

  /**
   * Attaches this thread to a condition of another, and to its mutex: what arrived when it was posted, or the object
   * itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(posted: PostedCondition): Condition {
    const cell = Cell.from('Condition', posted);
    return new Condition(Mutex.from(posted.mutex), cell as never);
  }

  /**
   * The condition of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @param mutex a named one: while the condition is open, so is its mutex. Without it, whatever is there is attached, with
   *   its mutex, and nothing is made
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`; NameNotFoundError `ERR_NOT_FOUND`
   */
  static open(name: string, mutex?: Mutex, options: NamedObjectOptions = {}): Condition {
    const opening = new Opening(name);
    requireOptions(options);
    if (mutex === undefined) {
      const cell = opening.attach('Condition', checkPatience(options));
      return new Condition(Mutex.from(mutexOfOpened()), cell as never);
    }
    requireShared('mutex', 'Mutex', mutex);
    if (!NamedArena.isNamed(mutex.handle.memory)) {
      throw invalidArgValue('mutex', 'must be a named one, of Mutex.open, as the condition is', mutex);
    }
    return new Condition(mutex, allocate(options, opening, mutex.handle) as never);
  }

  /** Lets go of it, if it is a named one, and of its mutex with it. Else closes it and frees its memory for another. */
  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#mutexCell.endUse();
  }

  /**
   * Unlocks the guard, waits for a notification without blocking the thread, and locks it again. The waiting promise
   * keeps the event loop alive, unless `ref` is false. Signal and timeout end the wait for the notification; the lock is
   * then waited for without limit. A timeout of 0 unlocks and locks again all the same, so that a loop lets others in.
   *
   * @throws (rejects, with the guard locked again) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; ClosedError
   *   `ERR_CONDITION_CLOSED`; TypeError `ERR_INVALID_ARG_VALUE` when the guard is not a locked one of this mutex. Rejects
   *   without having unlocked it with `EMFILE` and the like when the thread's first wait can get no descriptor
   */
  async wait(guard: MutexGuard, options?: WaitOptions): Promise<void> {
    this.#check(guard);
    await this.#wait(guard, checkWait(options));
  }

  /**
   * The same, blocking the thread. `terminate()` ends the wait within 100 ms.
   *
   * @throws as `wait`, and DeadlockError `ERR_DEADLOCK` when locking again would never end
   */
  waitSync(guard: MutexGuard, options?: SyncWaitOptions): void {
    this.#check(guard);
    this.#waitSync(guard, requireSyncWait(options));
  }

  /**
   * Waits until `predicate`, called with the guard locked, returns true: at first, after each notification, and a last
   * time when the timeout has run out. That is for the whole, in milliseconds. Where owners may die, let the predicate
   * look at `guard.abandoned`, too.
   *
   * @throws (rejects, with the guard locked again) as `wait`; what `predicate` throws; TypeError
   *   `ERR_INVALID_RETURN_VALUE` when it returns anything but true or false, a promise for instance
   */
  async waitFor(guard: MutexGuard, predicate: () => boolean, options?: WaitOptions): Promise<void> {
    this.#check(guard);
    requireFunction('predicate', predicate);
    const wait = checkWait(options);
    if (holds(predicate)) return;
    let expired = false;
    let current: Cancellable | undefined;
    // One timer for the whole. In between nothing waits for a notification, and it is noted.
    const clock: Cancellable = {
      onTimeout: () => {
        expired = true;
        current?.onTimeout();
      },
      onAbort: (reason) => current?.onAbort(reason),
    };
    const notTimed = { ...wait, timeout: wait.timeout === 0 ? 0 : Number.POSITIVE_INFINITY };
    const forget = wait.timeout === 0 ? undefined : cancelWhen(undefined, wait.timeout, clock);
    try {
      do {
        // While the mutex was waited for, nobody listened to the signal.
        throwIfAborted(wait.signal);
        if (expired) throw new TimeoutError(`waitFor() of ${this}`, wait.timeout);
        const queued = (waiting: Cancellable) => {
          current = waiting;
        };
        await this.#wait(guard, notTimed, queued).catch(unlessTimedOut);
        current = undefined;
        expired ||= wait.timeout === 0;
      } while (!holds(predicate));
    } finally {
      forget?.();
    }
  }

  /** The same, blocking the thread; throws what `waitSync` does, and the same of `predicate`. */
  waitForSync(guard: MutexGuard, predicate: () => boolean, options?: SyncWaitOptions): void {
    this.#check(guard);
    requireFunction('predicate', predicate);
    const wait = requireSyncWait(options);
    const deadline = native.now() + wait.timeout;
    for (let expired = false; !holds(predicate); ) {
      if (expired) throw new TimeoutError(`waitForSync() of ${this}`, wait.timeout);
      try {
        this.#waitSync(guard, { ...wait, timeout: Math.max(0, deadline - native.now()) });
      } catch (error) {
        unlessTimedOut(error);
        expired = true;
      }
    }
  }

  /**
   * Wakes the first waiters. Best called with the mutex locked, though it need not be.
   *
   * @param count how many at most: an integer from 1
   * @returns how many there were
   */
  notify(count = 1): number {
    requireInteger('count', count, 1, MAX_PERMITS);
    return native.notify(this.#cell.attach(), count);
  }

  /** Wakes all who wait now; returns how many they were. */
  notifyAll(): number {
    return this.notify(MAX_PERMITS);
  }

  async #wait(guard: MutexGuard, wait: CheckedWait, queued?: (waiting: Cancellable) => void): Promise<void> {
    this.#cell.attach();
    try {
      // Unlocked only once it stands in the queue: one that cannot wait, without a descriptor, has let go of nothing.
      await waitFor(this.#target('wait'), wait, (waiting) => {
        guard.unlock();
        queued?.(waiting);
      });
    } finally {
      // A loop that looks without waiting would never let in a promise of its own thread, were it not to come after it.
      if (!guard.locked) await requireGuard('guard', guard).relock(wait.ref, wait.timeout === 0);
    }
  }

  #waitSync(guard: MutexGuard, wait: CheckedSyncWait): void {
    this.#cell.attach();
    try {
      waitForSync(this.#target('waitSync'), wait, { queued: () => guard.unlock() });
    } finally {
      if (!guard.locked) requireGuard('guard', guard).relockSync();
    }
  }

  #target(method: string): Target<void> {
    const cell = this.#cell;
    return { cell, method, permits: 0, role: Role.NOTIFIED, granted: () => {}, refused: () => cell.closedError() };
  }

  #check(guard: MutexGuard): void {
    const { arena, offset, what } = requireGuard('guard', guard);
    const ours = arena === this.#mutexCell.arena.index && offset === this.#mutexCell.offset;
    if (ours && guard.locked) return;
    const found = ours ? 'unlocked' : `of ${what}`;
    const message = `The argument "guard" must be a locked guard of the mutex of ${this}. It is ${found}`;
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
  }

  protected override details() {
    return { mutex: `${this.mutex}` };
  }
}

function holds(predicate: () => boolean): boolean {
  const result: unknown = predicate();
  if (typeof result === 'boolean') return result;
  const message = `Expected true or false to be returned from the "predicate" function but got ${received(result)}`;
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_RETURN_VALUE' });
}

/** A wait that has timed out is looked at like one that was notified: the predicate has the last word. */
function unlessTimedOut(error: unknown): void {
  if ((error as { code?: unknown } | undefined)?.code !== 'ERR_TIMEOUT') throw error;
}

function allocate(options: SharedObjectOptions, to: Allocator = Cell, over?: Handle): Cell {
  requireOptions(options);
  return to.allocate('Condition', {
    permits: 0,
    max: 0,
    flags: 0,
    name: options.name,
    over,
    watching: checkPatience(options),
  });
}
