import { inspect } from 'node:util';
import {
  InvalidHandleError,
  native,
  requireInteger,
  requireOptions,
  SHARED,
  type SharedAbort,
  type SharedAbortSignal,
} from 'eventfd/internal';
import { Cell, type Handle } from './core/cell.js';
import { type Controller, newController } from './core/controller.js';
import { Lookout } from './core/lookout.js';
import { SharedReason } from './core/reason.js';
import type { SharedObjectOptions } from './shared-object.js';

/** What a posted SharedAbortController arrives as. */
export interface SharedAbortHandle {
  readonly kind: 'SharedAbortController';
  readonly event: Handle;
  readonly reason: SharedArrayBuffer;
}

/** What a SharedAbortController may be given. */
export interface SharedAbortOptions extends Pick<SharedObjectOptions, 'name'> {
  /**
   * Room for the reason, in bytes: a multiple of 4 up to 2 ** 20; 4096 by default. Of a reason that takes more, message and
   * name arrive.
   */
  reasonBytes?: number | undefined;
}

/**
 * An AbortController whose signal is aborted on all threads.
 *
 * A facade over an Event, which tells that it has aborted, and shared memory, which has the reason. Semantics after the
 * DOM's AbortController: it aborts once, the first reason counts, and nothing undoes it.
 *
 * **Sharing.** Post it as it is and attach what arrives with `SharedAbortController.from`. On each thread `signal` is an
 * AbortSignal of that thread, aborted within a turn of its loop. It keeps no loop alive. A thread that does not get to
 * turn its loop asks `aborted`, which looks at shared memory; one that blocks in this package or in `eventfd` passes the
 * signal to the wait (`acquireSync({ signal })`).
 *
 * **The reason** arrives as a structured clone; an error also keeps its `name` and `code`. Where it cannot be cloned, or is
 * too large, an Error with its message (200 characters of it) and name arrives. On the thread that aborted, it is the same
 * object for the controller that `abort` was called of.
 *
 * **A thread that ends** within `abort` has aborted or has not: then nobody is told, and the next `abort` tells all, perhaps
 * with the reason that was written down first. `inspect()` shows the Event.
 */
export class SharedAbortController implements SharedAbort {
  /** What is sent when it is posted to another thread; `from` attaches it there. */
  readonly handle: SharedAbortHandle;
  readonly #cell: Cell;
  readonly #reason: SharedReason;
  #controller: Controller | undefined;
  #lookout: Lookout | undefined;
  /** As it was given here, or as it was read. */
  #known: { readonly reason: unknown } | undefined;

  /** @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` */
  constructor(options?: SharedAbortOptions);
  constructor(options: SharedAbortOptions | Attached = {}) {
    const { cell, reason } = options instanceof Attached ? options : allocate(options);
    this.handle = Object.freeze({ kind: 'SharedAbortController', event: cell.handle, reason: reason.memory });
    this.#cell = cell;
    this.#reason = reason;
  }

  /**
   * Attaches this thread to a controller of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or disposed
   */
  static from(handle: SharedAbortHandle | { handle: SharedAbortHandle }): SharedAbortController {
    const found: unknown = (handle as { handle?: unknown } | null | undefined)?.handle ?? handle;
    const { kind, event, reason } = Object(found) as Partial<SharedAbortHandle>;
    if (kind !== 'SharedAbortController') {
      throw new InvalidHandleError('Expected a SharedAbortController or what it was posted as');
    }
    return new SharedAbortController(new Attached(Cell.from('Event', event), SharedReason.from(reason)) as never);
  }

  /**
   * Aborts the signal on every thread; on this one before it returns.
   *
   * @param reason as for the DOM's: a DOMException named AbortError by default
   * @returns whether it was this call that did it: not when it had been, by any thread, or the object was disposed
   */
  abort(reason?: unknown): boolean {
    if (this.aborted || this.#cell.closed) return false;
    const given = reason === undefined ? abortError() : reason;
    const first = this.#reason.write(given);
    if (first) this.#known = { reason: given };
    // Also for one that ended between the two.
    native.setEvent(this.#cell.attachment);
    this.#reason.setTold();
    this.#onAborted();
    return first;
  }

  /** Whether it has aborted: a look at shared memory, which any thread may take at any time. */
  get aborted(): boolean {
    return this.#reason.told || this.#isSet;
  }

  /** Why; `undefined` until it has aborted. */
  get reason(): unknown {
    if (!this.aborted) return undefined;
    this.#known ??= this.#reason.read() ?? { reason: abortError() };
    return this.#known.reason;
  }

  /** Throws `reason` if it has aborted. */
  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /**
   * This thread's AbortSignal, aborted when its loop turns next. From the first look on until it aborts or is disposed, this
   * thread looks out for that.
   *
   * @throws `EMFILE` and the like when the thread waits for nothing else yet, and gets no descriptor
   */
  get signal(): SharedAbortSignal {
    if (this.#controller === undefined) {
      const controller = newController();
      Object.defineProperty(controller.signal, SHARED, { value: this });
      if (this.#cell.tryAttach() && !this.aborted) {
        this.#lookout = Lookout.keep(this.#cell, () => this.#onAborted());
      }
      this.#controller = controller;
      if (this.aborted) this.#onAborted();
    }
    return this.#controller.signal as SharedAbortSignal;
  }

  /** As given to the constructor: for `inspect` and messages. */
  get name(): string | undefined {
    return this.handle.event.name;
  }

  /** Frees its memory for another, on every thread: a signal that has not aborted never will. `aborted` stays as it is. */
  [Symbol.dispose](): void {
    if (this.#isSet) this.#reason.setTold();
    this.#lookout?.end();
    this.#cell.dispose();
  }

  /** This thread need not hear of it any more. @internal */
  endLookout(): void {
    this.#lookout?.end();
  }

  /** The class and the name, as in messages: `SharedAbortController "job"`. */
  toString(): string {
    return this.name === undefined ? 'SharedAbortController' : `SharedAbortController ${JSON.stringify(this.name)}`;
  }

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: object): string {
    return `${this} ${inspect({ aborted: this.aborted }, options)}`;
  }

  /** False when it was disposed. */
  get #isSet(): boolean {
    return this.#cell.free > 0;
  }

  #onAborted(): void {
    this.#lookout?.end();
    this.#controller?.abort(this.reason);
  }
}

/** What a controller is made of that exists already. */
class Attached {
  readonly cell: Cell;
  readonly reason: SharedReason;

  constructor(cell: Cell, reason: SharedReason) {
    this.cell = cell;
    this.reason = reason;
  }
}

function allocate(options: SharedAbortOptions): Attached {
  requireOptions(options);
  const { name, reasonBytes = 4096 } = options;
  requireInteger('options.reasonBytes', reasonBytes, 0, 2 ** 20);
  const cell = Cell.allocate('Event', { permits: 0, max: 1, flags: 0, name });
  return new Attached(cell, SharedReason.allocate(Math.floor(reasonBytes / 4) * 4));
}

/** What the DOM gives as a reason where the program gives none. */
function abortError(): unknown {
  const controller = newController();
  controller.abort();
  return controller.signal.reason;
}
