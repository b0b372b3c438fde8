/** An auto-reset Event that is set for whoever watches an object's queue; the object's handle says which. */
import { InvalidHandleError, native } from 'eventfd/internal';
import { Cell, type Handle } from './cell.js';

export class Bell {
  readonly #handle: Handle;
  #cell: Cell | undefined;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Nobody is told when the event is gone: who watched has done with it. */
  ring(): void {
    try {
      this.#cell ??= Cell.from('Event', this.#handle);
    } catch (error) {
      if (error instanceof InvalidHandleError) return;
      throw error;
    }
    if (this.#cell.tryAttach()) native.setEvent(this.#cell.attachment);
  }
}
