import {
  native,
  Role,
  requireInteger,
  requireOptions,
  requireSyncWait,
  type SyncWaitOptions,
  type WaitOptions,
} from 'eventfd/internal';
import { type Allocator, Cell, Flag, type Handle, MAX_PERMITS, Word } from './core/cell.js';
import { Opening } from './core/opening.js';
import { checkWait, type Target, waitFor, waitForSync } from './core/wait.js';
import { checkPatience } from './core/watching.js';
import { BarrierBrokenError } from './errors.js';
import { type NamedObjectOptions, SharedObject, type SharedObjectOptions } from './shared-object.js';

/** What a posted Barrier arrives as. */
export type BarrierHandle = Handle;

/** What a party gets when all have arrived. */
export interface BarrierWaitResult {
  /** True for one of the parties, the last to arrive. */
  readonly leader: boolean;
}

/**
 * A place where so many parties wait for each other, again and again.
 *
 * Semantics after `java.util.concurrent.CyclicBarrier` and `pthread_barrier_wait`. A party that times out, is aborted or
 * ends while it waits breaks the barrier: the others, and all that come later, get a BarrierBrokenError, since the count
 * would never be full. So does a thread that has waited here before, and ends. `reset()` makes the barrier whole: it is
 * as new, and who waited before counts no more.
 */
export class Barrier extends SharedObject {
  readonly #cell: Cell;

  /**
   * @param parties how many wait for each other: an integer from 1 to 2 ** 29 - 1
   * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
   */
  constructor(parties: number, options?: SharedObjectOptions);
  constructor(parties: number | Cell, options: SharedObjectOptions = {}) {
    const cell = parties instanceof Cell ? parties : allocate(parties, options);
    super(cell);
    this.#cell = cell;
  }

  /**
   * Attaches this thread to a barrier of another: what arrived when it was posted, its handle, or the object itself.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or of another kind, or disposed
   */
  static from(handle: BarrierHandle | { handle: BarrierHandle }): Barrier {
    return new Barrier(Cell.from('Barrier', handle) as never);
  }

  /**
   * The barrier of that name in this process, made if there is none: the same from whichever thread, in any order.
   *
   * It exists while a thread has it open, holds it or waits for it. `[Symbol.dispose]`, garbage collection or the end of the
   * thread lets go; the last frees it, and \`open\` then makes a new one. \`close()\` ends it for all.
   *
   * @param name any string of at most 1,024 bytes (in UTF-8), compared by its UTF-16 code units
   * @param parties as the constructor's. Without it, whatever is there is attached, and nothing is made
   * @throws OpenMismatchError `ERR_OPEN_MISMATCH` when the object of that name is of another class, or made otherwise;
   *   TypeError `ERR_INVALID_ARG_TYPE` and `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`, `ERR_ARENA_FULL` and
   *   `ERR_NO_ADDRESS_SPACE`; NameNotFoundError `ERR_NOT_FOUND`
   */
  static open(name: string, parties?: number, options: NamedObjectOptions = {}): Barrier {
    const opening = new Opening(name);
    requireOptions(options);
    const attach = () => opening.attach('Barrier', checkPatience(options));
    return new Barrier((parties === undefined ? attach() : allocate(parties, options, opening)) as never);
  }

  /**
   * Arrives and waits for the others, without blocking the thread. The waiting promise keeps the event loop alive,
   * unless `ref` is false. A signal that has aborted already, and options of a wrong type, do not arrive. An abort or a
   * timeout after all have arrived is too late: the promise resolves.
   *
   * @throws (rejects) BarrierBrokenError `ERR_BARRIER_BROKEN`; `signal.reason` when aborted and TimeoutError
   *   `ERR_TIMEOUT`, which break it; ClosedError `ERR_BARRIER_CLOSED`; `EMFILE` and the like
   */
  async wait(options?: WaitOptions): Promise<BarrierWaitResult> {
    const wait = checkWait(options);
    this.#cell.attach();
    let arriving = true;
    // The executor arrives at once, and is granted at once when it is the last.
    const all = waitFor(
      this.#target('wait', () => ({ leader: arriving })),
      wait,
    );
    arriving = false;
    return all;
  }

  /**
   * Arrives and blocks the thread until the others have. `terminate()` ends the wait within 100 ms, and breaks it.
   *
   * @throws as `wait`
   */
  waitSync(options?: SyncWaitOptions): BarrierWaitResult {
    const sync = requireSyncWait(options);
    this.#cell.attach();
    let leader = true;
    const queued = () => {
      leader = false;
    };
    return waitForSync(
      this.#target('waitSync', () => ({ leader })),
      sync,
      { queued },
    );
  }

  /** Breaks it: who waits, and who comes, gets a BarrierBrokenError, until `reset`. */
  abort(): void {
    native.setBroken(this.#cell.attach(), true);
  }

  /** Makes a broken barrier whole, for `parties` to arrive anew. Who waits at that moment gets a BarrierBrokenError. */
  reset(): void {
    native.setBroken(this.#cell.attach(), false);
  }

  /** Whether a party has left, so that waits throw until `reset()`. */
  get broken(): boolean {
    return this.#cell.has(Flag.BROKEN);
  }

  /** How many must arrive to complete a round. */
  get parties(): number {
    return this.#cell.load(Word.TOTAL);
  }

  #target<T>(method: string, granted: () => T): Target<T> {
    const cell = this.#cell;
    const refused = () => (cell.closed ? cell.closedError() : new BarrierBrokenError(`${this}`));
    return { cell, method, permits: 0, role: Role.PARTY, granted, refused };
  }

  protected override details() {
    return { parties: this.parties, ...(this.broken ? { broken: true } : {}) };
  }
}

function allocate(parties: number, options: SharedObjectOptions, to: Allocator = Cell): Cell {
  requireInteger('parties', parties, 1, MAX_PERMITS);
  requireOptions(options);
  return to.allocate('Barrier', {
    permits: 0,
    max: parties,
    flags: 0,
    name: options.name,
    watching: checkPatience(options),
  });
}
