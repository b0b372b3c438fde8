/**
 * The core under the classes that hand out nothing to give back: Signal, Event, Latch. A thread passes when the state
 * word lets it, and takes away what it says: a post, or nothing.
 */
import { type CheckedSyncWait, isTurnDue, loopTurn, native, Role } from 'eventfd/internal';
import { type Cell, QUEUE_FIRST, Word } from './cell.js';
import { type FastPath, PostResult, TryResult } from './fastpath.js';
import { type CheckedWait, type Queued, type Target, waitFor, waitForSync } from './wait.js';

export class Turnstile {
  readonly cell: Cell;
  readonly #permits: number;
  readonly #fast: FastPath;

  /** @param permits what passing takes: 1, or 0 where the gate stays open. */
  constructor(cell: Cell, permits: 0 | 1) {
    this.cell = cell;
    this.#permits = permits;
    this.#fast = cell.arena.fast;
  }

  /** Takes all that is there for whoever comes, at once; how much that was. Nothing when it is closed. */
  takeAll(): number {
    if (!this.cell.tryAttach()) return 0;
    for (;;) {
      const state = this.cell.load(Word.STATE);
      const count = state >> 2;
      if (count <= 0 || (state & QUEUE_FIRST) !== 0) return 0;
      // Else somebody took some of it meanwhile.
      if (this.#fast.tryTake(this.cell.offset, count) === TryResult.TAKEN) return count;
    }
  }

  /** Passes if that needs no wait. Throws when closed. */
  tryPass(): boolean {
    // A disposed cell may be another object's by now, unless this thread is attached.
    this.cell.attach();
    const result = this.#fast.tryTake(this.cell.offset, this.#permits);
    if (result === TryResult.CLOSED) throw this.cell.closedError();
    return result === TryResult.TAKEN;
  }

  async pass(method: string, options: CheckedWait, queued?: Queued): Promise<void> {
    if (!this.tryPass()) await waitFor(this.#target(method), options, queued);
    else if (isTurnDue()) await loopTurn();
  }

  passSync(method: string, wait: CheckedSyncWait): void {
    if (!this.tryPass()) waitForSync(this.#target(method), wait);
  }

  /**
   * Adds to the state word, up to the cell's maximum. How many waits that woke; `undefined` when it is too much, unless it
   * saturates.
   */
  post(count: number, saturate: boolean): number | undefined {
    const attachment = this.cell.attach();
    const result = this.#fast.post(this.cell.offset, count, saturate ? 1 : 0);
    if (result === PostResult.SERVE_WAITERS) return native.serve(attachment);
    return result === PostResult.TOO_MANY ? undefined : 0;
  }

  #target(method: string): Target<void> {
    const { cell } = this;
    const refused = () => cell.closedError();
    return { cell, method, permits: this.#permits, role: Role.TAKER, granted: () => {}, refused };
  }
}
