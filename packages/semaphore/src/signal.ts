import type { StreamOptions } from 'eventfd';
import {
  outOfRange,
  requireInteger,
  requireOptions,
  requireSyncWait,
  requireWait,
  Stream,
  type SyncWaitOptions,
  type WaitOptions,
} from 'eventfd/internal';
import { type Allocator, Cell, type Handle, MAX_PERMITS } from './core/cell.js';
import { Opening } from './core/opening.js';
import { Turnstile } from './core/turnstile.js';
import { checkWait } from './core/wait.js';
import { checkPatience } from './core/watching.js';
import { type NamedObjectOptions, SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted Signal arrives as. */
export type SignalHandle = Handle;

/**
 * Wake-ups that are counted and belong to nobody: `post` on one thread lets one `wait` through on any.
 *
 * A facade over `core/turnstile.ts`. Semantics after POSIX's `sem_post` and `sem_wait`. Nothing is given back when a
 * thread ends, except a post that was granted to it and that it had not seen.
 *
 * **Fairness.** One queue, first in, first out; a running thread may take a post that a waiter is still waking up for,
 * once.
 *
 * **Cancelled waits** leave the queue at once and take no post.
 */
export class Signal extends SharedObject {
  readonly #core: Turnstile;

  /**
   * @param initial posts that are there from the start: an integer from 0 to 2 ** 29 - 1
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
   */
  constructor(initial?: number, options?: SharedObjectOptions);
  constructor(initial: number | Cell = 0, options: SharedObjectOptions = {}) {
    const cell = initial instanceof Cell ? initial : allocate(initial, options);
    super(cell);
    this.#core = new Turnstile(cell, 1);
  }

  /**
   * Attaches this thread to a signal of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: SignalHandle | { handle: SignalHandle }): Signal {
    return new Signal(Cell.from('Signal', handle) as never);
  }

  /**
   * The signal of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @param initial posts that are there when it is made; 0 by default
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`
   */
  static open(name: string, initial = 0, options: NamedObjectOptions = {}): Signal {
    return new Signal(allocate(initial, options, new Opening(name)) as never);
  }

  /**
   * Lets `count` waits through, now or later.
   *
   * @param count an integer from 1
   * @returns how many waits this woke, which had not been woken before. The posts are there all the same: a running thread
   *   may be faster than one that wakes up
   * @throws RangeError `ERR_OUT_OF_RANGE` when more than 2 ** 29 - 1 posts would be there, and none is added;
   *   ClosedError `ERR_SIGNAL_CLOSED` when it was disposed
   */
  post(count = 1): number {
    requireInteger('count', count, 1, MAX_PERMITS);
    const woken = this.#core.post(count, false);
    if (woken !== undefined) return woken;
    throw outOfRange('count', `such that ${this} counts to no more than ${MAX_PERMITS}`, count);
  }

  /** Takes a post if one is there; never waits. @throws ClosedError `ERR_SIGNAL_CLOSED` */
  tryWait(): boolean {
    return this.#core.tryPass();
  }

  /**
   * Takes all posts that are there for whoever comes, at once; never waits.
   *
   * @returns how many they were: 0 when there was none
   * @throws ClosedError `ERR_SIGNAL_CLOSED`
   */
  takeAll(): number {
    const count = this.#core.takeAll();
    if (count === 0 && this.closed) throw this.#core.cell.closedError();
    return count;
  }

  /**
   * Waits for a post, without blocking the thread. The waiting promise keeps the event loop alive, unless `ref` is
   * false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_SIGNAL_CLOSED`;
   *   `EMFILE` and the like when the thread's first wait can get no descriptor
   */
  async wait(options?: WaitOptions): Promise<void> {
    await this.#core.pass('wait', checkWait(options));
  }

  /**
   * Blocks the thread until there is a post. `terminate()` ends the wait within 100 ms.
   *
   * @throws TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_SIGNAL_CLOSED`; `EMFILE` and the like
   */
  waitSync(options?: SyncWaitOptions): void {
    this.#core.passSync('waitSync', requireSyncWait(options));
  }

  /**
   * Wake-ups as a stream: `for await (const posts of signal.values({ signal: abort }))` gives how many posts there were since
   * the last, at least one. Ends when the signal is closed, and, by `return()` or the `break` of a loop, at any time: a
   * `next()` that waits is done then and has taken nothing; a post that it was granted and that nobody has seen goes back.
   * After an abort, the `next()` that waits or comes first rejects with the reason, and those after it are done. Several at
   * once are served in their order. Takes nothing ahead, and leaves the event loop its turns, however many posts come.
   *
   * @throws TypeError `ERR_INVALID_ARG_TYPE`
   */
  values(options?: StreamOptions): AsyncGenerator<number, void, undefined> {
    const core = this.#core;
    return new Stream(
      {
        ended: () => core.cell.closed,
        take: () => core.takeAll() || undefined,
        wait: async (checked, queued) => {
          await core.pass('wait', { ...checked, ref: checked.ref ?? true }, queued);
          return 1 + core.takeAll();
        },
      },
      requireWait(options),
    );
  }

  /** `values()`. */
  [Symbol.asyncIterator](): AsyncGenerator<number, void, undefined> {
    return this.values();
  }

  /** Posts that nobody has taken yet, at this moment. */
  get count(): number {
    return this.#core.cell.free;
  }

  protected override details() {
    return { count: this.count };
  }
}

function allocate(initial: number, options: SharedObjectOptions, to: Allocator = Cell): Cell {
  requireInteger('initial', initial, 0, MAX_PERMITS);
  requireOptions(options);
  return to.allocate('Signal', {
    permits: initial,
    max: MAX_PERMITS,
    flags: 0,
    name: options.name,
    watching: checkPatience(options),
  });
}
