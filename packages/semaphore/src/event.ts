import {
  native,
  requireBoolean,
  requireOptions,
  requireSyncWait,
  type SyncWaitOptions,
  type WaitOptions,
} from 'eventfd/internal';
import { type Allocator, Cell, Flag, type Handle } from './core/cell.js';
import { Opening } from './core/opening.js';
import { Turnstile } from './core/turnstile.js';
import { checkWait } from './core/wait.js';
import { checkPatience } from './core/watching.js';
import { SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted Event arrives as. */
export type EventHandle = Handle;

export interface EventOptions extends SharedObjectOptions {
  /** `set` lets one waiter through, or else the next that comes. By default it lets all through until `reset`. */
  autoReset?: boolean | undefined;
  /** Whether it is set from the start; false by default. */
  set?: boolean | undefined;
}

/**
 * A flag to wait for.
 *
 * A facade over `core/turnstile.ts`. Semantics after Win32's events and Python's `threading.Event`: each `set` counts
 * for whoever waited before it, even when a `reset` follows at once.
 *
 * **Fairness.** One queue, first in, first out. **Cancelled waits** leave it at once; an abort after a manual-reset event was
 * set, even when a reset followed, comes too late, since that was for everybody. An auto-reset event that was set
 * for a wait that nobody will see goes to the next.
 */
export class Event extends SharedObject {
  readonly #core: Turnstile;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE` */
  constructor(options?: EventOptions);
  constructor(options: EventOptions | Cell = {}) {
    const cell = options instanceof Cell ? options : allocate(options);
    super(cell);
    this.#core = new Turnstile(cell, cell.has(Flag.AUTO_RESET) ? 1 : 0);
  }

  /**
   * Attaches this thread to an event of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: EventHandle | { handle: EventHandle }): Event {
    return new Event(Cell.from('Event', handle) as never);
  }

  /**
   * The event of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`
   */
  static open(name: string, options?: Omit<EventOptions, 'name'>): Event {
    return new Event(allocate(options ?? {}, new Opening(name)) as never);
  }

  /**
   * Sets it. Doing it twice is harmless.
   *
   * @returns how many waits that let through: with `autoReset` 1 or 0
   * @throws ClosedError `ERR_EVENT_CLOSED` when it was disposed
   */
  set(): number {
    return native.setEvent(this.#core.cell.attach());
  }

  /** Unsets it: whoever comes now waits. Doing it twice is harmless, and so is it when the event is closed. */
  reset(): void {
    this.#core.takeAll();
  }

  /** Whether it is set at this moment. */
  get isSet(): boolean {
    return this.#core.cell.free > 0;
  }

  /** Passes if it is set, and unsets it if it has `autoReset`; never waits. @throws ClosedError `ERR_EVENT_CLOSED` */
  tryWait(): boolean {
    return this.#core.tryPass();
  }

  /** Whether `set` lets one through, or all. */
  get autoReset(): boolean {
    return this.#core.cell.has(Flag.AUTO_RESET);
  }

  /**
   * Waits until it is set, without blocking the thread. The waiting promise keeps the event loop alive, unless `ref` is
   * false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_EVENT_CLOSED`; `EMFILE`
   *   and the like when the thread's first wait can get no descriptor
   */
  async wait(options?: WaitOptions): Promise<void> {
    await this.#core.pass('wait', checkWait(options));
  }

  /**
   * Blocks the thread until it is set. `terminate()` ends the wait within 100 ms.
   *
   * @throws TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_EVENT_CLOSED`; `EMFILE` and the like
   */
  waitSync(options?: SyncWaitOptions): void {
    this.#core.passSync('waitSync', requireSyncWait(options));
  }

  protected override details() {
    return { isSet: this.isSet, autoReset: this.autoReset };
  }
}

function allocate(options: EventOptions, to: Allocator = Cell): Cell {
  requireOptions(options);
  const { autoReset = false, set = false, name } = options;
  requireBoolean('options.autoReset', autoReset);
  requireBoolean('options.set', set);
  const watching = checkPatience(options);
  return to.allocate('Event', { permits: set ? 1 : 0, max: 1, flags: autoReset ? Flag.AUTO_RESET : 0, name, watching });
}
