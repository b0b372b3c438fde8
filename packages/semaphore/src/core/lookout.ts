/**
 * Hears of what is told to everybody: the setting of an Event that is not reset. It stands in the Event's queue as a promise
 * does, but nobody waits: it keeps no loop alive, and a task that ends has not left it behind.
 */
import { leave, type Parked, park, Role } from 'eventfd/internal';
import type { Cell } from './cell.js';

export class Lookout implements Parked {
  readonly isLookout = true;
  readonly what: string;
  readonly #heard: () => void;
  #waiter = -1;

  private constructor(cell: Cell, heard: () => void) {
    this.what = `${cell}`;
    this.#heard = heard;
  }

  /**
   * Calls `heard` once, on this thread's loop or before it returns, when the Event is set; never when it is closed first.
   * The cell is attached.
   *
   * @throws `EMFILE` and the like when it is the first in this thread to wait for something, and no descriptor is left
   */
  static keep(cell: Cell, heard: () => void): Lookout {
    const lookout = new Lookout(cell, heard);
    const result = park(cell.attachment, { permits: 0, role: Role.TAKER }, false, lookout);
    if (result === 'granted') heard();
    else if (typeof result === 'object') lookout.#waiter = result.waiter;
    return lookout;
  }

  onDecided(closed: boolean): void {
    this.#waiter = -1;
    if (!closed) this.#heard();
  }

  /** Nobody wants to hear any more. */
  end(): void {
    if (this.#waiter >= 0) leave(this.#waiter);
    this.#waiter = -1;
  }

  /** Not on behalf of a task that ends: it was not the task's. */
  abandon(): void {}
}
