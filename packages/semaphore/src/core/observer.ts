/**
 * Watching what objects hand out and get back. Nobody does so by default, and then it costs the one look at the object's
 * field that there is anyway; who watches is decided when the object is made.
 */
import type { Cell } from './cell.js';
import type { Hold } from './hold.js';
import { HolderTracker } from './holders.js';
import { LeakTracker } from './leaks.js';

/** Told on the thread that holds. It must not fail: permits are at stake. */
export interface HoldObserver {
  /** Where the program is now, as far as the observer cares: asked when a wait for permits begins. */
  here(): string | undefined;
  /** The hold has got its permits, after a wait that began at `acquiredAt` if it had to wait. */
  acquired(hold: Hold, permits: number, acquiredAt?: string): void;
  /** So many of its permits are about to become another's. */
  split(hold: Hold, part: Hold, permits: number): void;
  /** All permits of the other, which has none any more, are this one's. */
  merged(into: Hold, other: Hold): void;
  /** It has none any more: released or forgotten. */
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
  const all = [LeakTracker.of(cell, trackLeaks), HolderTracker.of(cell), makeObserver?.(cell)];
  const observers = all.filter((each) => each !== undefined);
  return observers.length > 1 ? new Several(observers) : observers[0];
}

class Several implements HoldObserver {
  readonly #observers: readonly HoldObserver[];

  constructor(observers: readonly HoldObserver[]) {
    this.#observers = observers;
  }

  /** They are asked once: a stack takes its time. */
  here(): string | undefined {
    for (const each of this.#observers) {
      const here = each.here();
      if (here !== undefined) return here;
    }
    return undefined;
  }

  acquired(hold: Hold, permits: number, acquiredAt = this.here()): void {
    for (const each of this.#observers) each.acquired(hold, permits, acquiredAt);
  }

  split(hold: Hold, part: Hold, permits: number): void {
    for (const each of this.#observers) each.split(hold, part, permits);
  }

  merged(into: Hold, other: Hold): void {
    for (const each of this.#observers) each.merged(into, other);
  }

  settled(hold: Hold): void {
    for (const each of this.#observers) each.settled(hold);
  }
}
