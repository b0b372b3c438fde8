import {
  requireInteger,
  requireOptions,
  requireSyncWait,
  type SyncWaitOptions,
  throwIfAborted,
  type WaitOptions,
} from 'eventfd/internal';
import { type Allocator, Cell, type Handle, MAX_PERMITS } from './core/cell.js';
import { Opening } from './core/opening.js';
import { Turnstile } from './core/turnstile.js';
import { checkWait, readWait } from './core/wait.js';
import { checkPatience } from './core/watching.js';
import { type NamedObjectOptions, SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted Latch arrives as. */
export type LatchHandle = Handle;

/**
 * A count that goes down to 0, once; whoever waits, waits for that.
 *
 * A facade over `core/turnstile.ts`: the state word holds 1 - count, so the gate opens at 1. Semantics after
 * `java.util.concurrent.CountDownLatch` and C++'s `std::latch`. A thread that ends without counting down is not counted
 * for it.
 *
 * **Cancelled waits** leave the queue at once; the count stays as it is. An abort after the last count-down comes too late.
 */
export class Latch extends SharedObject {
  readonly #core: Turnstile;

  /**
   * @param count an integer from 0 to 2 ** 29 - 1
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
   */
  constructor(count: number, options?: SharedObjectOptions);
  constructor(count: number | Cell, options: SharedObjectOptions = {}) {
    const cell = count instanceof Cell ? count : allocate(count, options);
    super(cell);
    this.#core = new Turnstile(cell, 0);
  }

  /**
   * Attaches this thread to a latch of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: LatchHandle | { handle: LatchHandle }): Latch {
    return new Latch(Cell.from('Latch', handle) as never);
  }

  /**
   * The latch of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @param count as the constructor's. Without it, whatever is there is attached, and nothing is made
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`; NameNotFoundError `ERR_NOT_FOUND`
   */
  static open(name: string, count?: number, options: NamedObjectOptions = {}): Latch {
    const opening = new Opening(name);
    requireOptions(options);
    const attach = () => opening.attach('Latch', checkPatience(options));
    return new Latch((count === undefined ? attach() : allocate(count, options, opening)) as never);
  }

  /**
   * Counts down, to 0 at the lowest, and then lets all waiters through.
   *
   * @param count by how much: an integer from 1
   * @returns how many waits that let through: 0 until the count is 0
   * @throws ClosedError `ERR_LATCH_CLOSED` when it was disposed
   */
  countDown(count = 1): number {
    requireInteger('count', count, 1, MAX_PERMITS);
    return this.#core.post(count, true) ?? 0;
  }

  /** Whether the count is 0, so that a wait would pass; never waits. @throws ClosedError `ERR_LATCH_CLOSED` */
  tryWait(): boolean {
    return this.#core.tryPass();
  }

  /** What is left to count down, at this moment. */
  get count(): number {
    return 1 - this.#core.cell.free;
  }

  /**
   * Waits until the count is 0, without blocking the thread. The waiting promise keeps the event loop alive, unless
   * `ref` is false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_LATCH_CLOSED`; `EMFILE`
   *   and the like when the thread's first wait can get no descriptor
   */
  async wait(options?: WaitOptions): Promise<void> {
    await this.#core.pass('wait', checkWait(options));
  }

  /**
   * Blocks the thread until the count is 0. `terminate()` ends the wait within 100 ms.
   *
   * @throws TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_LATCH_CLOSED`; `EMFILE` and the like
   */
  waitSync(options?: SyncWaitOptions): void {
    this.#core.passSync('waitSync', requireSyncWait(options));
  }

  /**
   * Counts down by one and waits for the others; errors as for `wait`, and by then it has counted down, also when the signal
   * had aborted before. Only what is refused has not: options of a wrong type, and a Latch that is closed.
   */
  async arriveAndWait(options?: WaitOptions): Promise<void> {
    const wait = readWait(options);
    this.countDown();
    throwIfAborted(wait.signal);
    await this.#core.pass('arriveAndWait', wait);
  }

  /** The same, blocking the thread. */
  arriveAndWaitSync(options?: SyncWaitOptions): void {
    const wait = requireSyncWait(options);
    this.countDown();
    this.#core.passSync('arriveAndWaitSync', wait);
  }

  protected override details() {
    return { count: this.count };
  }
}

function allocate(count: number, options: SharedObjectOptions, to: Allocator = Cell): Cell {
  requireInteger('count', count, 0, MAX_PERMITS);
  requireOptions(options);
  return to.allocate('Latch', {
    permits: 1 - count,
    max: 1,
    flags: 0,
    name: options.name,
    watching: checkPatience(options),
  });
}
