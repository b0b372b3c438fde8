/**
 * The core under the classes that hand out nothing to give back: Signal, Event, Latch. A thread passes when the state
 * word lets it, and takes away what it says: a post, or nothing.
 */
import { native, Role } from 'eventfd/internal';
import type { Cell } from './cell.js';
import { type FastPath, PostResult, TryResult } from './fastpath.js';
import { type CheckedWait, type Target, waitFor, waitForSync } from './wait.js';

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

  /** Takes what is there, unless others are faster; how much it got. Nothing when it is closed. */
  takeAll(): number {
    if (!this.cell.tryAttach()) return 0;
    for (let count = this.cell.free; count > 0; count >>= 1) {
      if (this.#fast.tryTake(this.cell.offset, count) === TryResult.TAKEN) return count;
    }
    return 0;
  }

  /** Passes if that needs no wait. Throws when closed. */
  tryPass(): boolean {
    // A disposed cell may be another object's by now, unless this thread is attached.
    this.cell.attach();
    const result = this.#fast.tryTake(this.cell.offset, this.#permits);
    if (result === TryResult.CLOSED) throw this.cell.closedError();
    return result === TryResult.TAKEN;
  }

  async pass(method: string, options: CheckedWait): Promise<void> {
    if (!this.tryPass()) await waitFor(this.#target(method), options);
  }

  passSync(method: string, timeout: number): void {
    if (!this.tryPass()) waitForSync(this.#target(method), timeout);
  }

  /** Adds to the state word, up to the cell's maximum; false when that is too much, unless it saturates. */
  post(count: number, saturate: boolean): boolean {
    const attachment = this.cell.attach();
    const result = this.#fast.post(this.cell.offset, count, saturate ? 1 : 0);
    if (result === PostResult.SERVE_WAITERS) native.serve(attachment);
    return result !== PostResult.TOO_MANY;
  }

  #target(method: string): Target<void> {
    const { cell } = this;
    const refused = () => cell.closedError();
    return { cell, method, permits: this.#permits, role: Role.TAKER, granted: () => {}, refused };
  }
}
