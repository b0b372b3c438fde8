/**
 * Watching what objects hand out and get back. Nobody does so by default, and then it costs the one look at the object's
 * field that there is anyway; who watches is decided when the object is made.
 */
import type { Cell } from './cell.js';
import type { Hold } from './hold.js';
import { LeakTracker } from './leaks.js';

/** Told on the thread that holds. It must not fail: permits are at stake. */
export interface HoldObserver {
  /** Where the program is now, as far as the observer cares: asked when a wait for permits begins. */
  here(): string | undefined;
  /** The hold has got its permits, after a wait that began at `acquiredAt` if it had to wait. */
  acquired(hold: Hold, acquiredAt?: string): void;
  /** It has none any more: released, forgotten or merged into another. */
  settled(hold: Hold): void;
}

type MakeObserver = (cell: Cell) => HoldObserver;

let makeObserver: MakeObserver | undefined;

/** Watches, in this thread, all objects that are made or attached from now on. */
export function observeHolds(make: MakeObserver): void {
  makeObserver = make;
}

/** Who watches the holds of an object that is being made. */
export function observerOf(cell: Cell, trackLeaks: boolean | undefined): HoldObserver | undefined {
  const leaks = LeakTracker.of(cell, trackLeaks);
  const other = makeObserver?.(cell);
  return leaks !== undefined && other !== undefined ? new Both(leaks, other) : (leaks ?? other);
}

class Both implements HoldObserver {
  readonly #first: HoldObserver;
  readonly #second: HoldObserver;

  constructor(first: HoldObserver, second: HoldObserver) {
    this.#first = first;
    this.#second = second;
  }

  here(): string | undefined {
    return this.#first.here() ?? this.#second.here();
  }

  acquired(hold: Hold, acquiredAt?: string): void {
    this.#first.acquired(hold, acquiredAt);
    this.#second.acquired(hold, acquiredAt);
  }

  settled(hold: Hold): void {
    this.#first.settled(hold);
    this.#second.settled(hold);
  }
}
