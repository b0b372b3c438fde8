/**
 * Notes where permits were acquired, for `inspect` and whoever looks into the process. The notes are the addon's
 * (native/core/hold_notes.h), so that other threads can read them while this one is blocked, and none outlives it.
 */
import process from 'node:process';
import { native } from 'eventfd/internal';
import type { Cell } from './cell.js';
import type { Hold } from './hold.js';
import type { HoldObserver } from './observer.js';
import { stackOfCaller } from './stack.js';

const environment: { readonly EVENTFD_TRACK_HOLDERS?: string | undefined } = process.env;

/** The addon's names for what is noted of holds. */
const notes = new WeakMap<Hold, number>();

/** Watches what one object hands out. */
export class HolderTracker implements HoldObserver {
  readonly #cell: Cell;

  private constructor(cell: Cell) {
    this.#cell = cell;
  }

  /** One when the object's maker, or who opened it here, or else EVENTFD_TRACK_HOLDERS=1 in the environment, asks for it. */
  static of(cell: Cell): HolderTracker | undefined {
    const wanted = cell.handle.trackHolders ?? environment.EVENTFD_TRACK_HOLDERS === '1';
    return wanted ? new HolderTracker(cell) : undefined;
  }

  here(): string {
    return stackOfCaller();
  }

  acquired(hold: Hold, permits: number, acquiredAt = stackOfCaller()): void {
    notes.set(hold, native.noteHold(this.#cell.attachment, permits, acquiredAt));
  }

  /** What is split off was acquired where the rest was. */
  split(hold: Hold, part: Hold, permits: number): void {
    notes.set(part, native.splitHold(notes.get(hold) ?? 0, permits));
  }

  merged(into: Hold, other: Hold): void {
    const from = notes.get(other) ?? 0;
    const to = notes.get(into) ?? 0;
    notes.delete(other);
    if (to === 0) notes.set(into, from);
    else native.mergeHolds(to, from);
  }

  settled(hold: Hold): void {
    const note = notes.get(hold) ?? 0;
    notes.delete(hold);
    if (note !== 0) native.dropHold(note);
  }
}
