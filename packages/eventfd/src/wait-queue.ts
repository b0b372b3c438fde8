/** The asynchronous waits of this thread at one side of a descriptor, first come first served. */
import { type Cancellable, cancelWhen } from './cancel.js';
import { TimeoutError } from './errors.js';
import type { UnderWay } from './native.js';

/** One wait, in one queue. A wait for the first of several descriptors is in the queue of each. */
interface Waiter {
  /** The object it was asked of, which can be closed, and which says whether it holds the loop unless `ref` does. */
  readonly owner: object;
  readonly ref: boolean | undefined;
  holdsLoop: boolean;
  /** Settles the promise if it can; false if there is nothing for it now. Then there is nothing for those behind it. */
  readonly attempt: () => boolean;
  readonly fail: (reason: unknown) => void;
}

export class WaitQueue {
  readonly #waiters = new Set<Waiter>();
  readonly #watch: (armed: boolean, referenced: boolean) => void;
  #holdingLoop = 0;
  #serving = false;

  /** `watch` is told whether somebody waits, and whether that holds the loop. It calls `serve()` when the side is ready. */
  constructor(watch: (armed: boolean, referenced: boolean) => void) {
    this.#watch = watch;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /** Gives waiters what there is for them, in their order. */
  serve(): void {
    this.#serving = true;
    try {
      for (const waiter of this.#waiters) {
        if (!waiter.attempt()) break;
      }
    } finally {
      this.#serving = false;
    }
    this.#update();
  }

  /** Ends the waits of `owner`. */
  fail(owner: object, reason: unknown): void {
    for (const waiter of this.#waiters) {
      if (waiter.owner === owner) waiter.fail(reason);
    }
  }

  /** Whether the waits of `owner` that did not choose hold the loop. */
  setRef(owner: object, ref: boolean): void {
    for (const waiter of this.#waiters) {
      if (waiter.owner === owner && waiter.ref === undefined) this.#hold(waiter, ref);
    }
    this.#update();
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    if (waiter.holdsLoop) this.#holdingLoop++;
    this.#update();
  }

  remove(waiter: Waiter): void {
    if (!this.#waiters.delete(waiter)) return;
    this.#hold(waiter, false);
    this.#update();
  }

  #hold(waiter: Waiter, holds: boolean): void {
    this.#holdingLoop += Number(holds) - Number(waiter.holdsLoop);
    waiter.holdsLoop = holds;
  }

  // Not while serving: that removes many, and one call after the last does.
  #update(): void {
    if (!this.#serving) this.#watch(this.#waiters.size > 0, this.#holdingLoop > 0);
  }
}

/** Where to wait, and on whose behalf. */
export interface Place {
  readonly queue: WaitQueue;
  readonly owner: object;
  /** Whether it holds the loop if the wait does not choose. */
  readonly ownerRef: boolean;
}

export interface AsyncWait<T> {
  /** Gives undefined as long as there is nothing. What it gives or throws settles the promise. */
  readonly attempt: () => T | undefined;
  readonly signal: AbortSignal | undefined;
  /** In milliseconds; with 0 it is over before it began. */
  readonly timeout: number;
  readonly ref: boolean | undefined;
  /** What is waited for, as the error calls it. */
  readonly what: string;
}

/**
 * Waits in all the places at once. Settled, cancelled or failed, the wait leaves all of them. `queued` may keep what it is
 * given, to end the wait.
 */
export function waitAt<T>(
  places: readonly Place[],
  wait: AsyncWait<T>,
  queued?: (waiting: Cancellable) => void,
): Promise<T> {
  if (wait.timeout === 0) return Promise.reject(new TimeoutError(wait.what, 0));
  return new Promise<T>((resolve, reject) => {
    const waiting = new PlacedWait(places, wait, resolve, reject);
    queued?.(waiting);
    waiting.begin();
  });
}

/** The waits of this thread that are under way. */
const underWay = new Set<UnderWay>();
export const placedHere = (): UnderWay[] => [...underWay];

class PlacedWait<T> implements Cancellable, UnderWay {
  readonly #places: readonly Place[];
  readonly #wait: AsyncWait<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #waiters: [WaitQueue, Waiter][] = [];
  #forget: (() => void) | undefined;
  #over = false;

  constructor(
    places: readonly Place[],
    wait: AsyncWait<T>,
    resolve: (value: T) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#places = places;
    this.#wait = wait;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    underWay.add(this);
    const { signal, timeout, ref } = this.#wait;
    const attempt = () => this.#attempt();
    const fail = (reason: unknown) => this.onAbort(reason);
    try {
      for (const { queue, owner, ownerRef } of this.#places) {
        const waiter: Waiter = { owner, ref, holdsLoop: ref ?? ownerRef, attempt, fail };
        this.#waiters.push([queue, waiter]);
        queue.add(waiter);
      }
      this.#forget = cancelWhen(signal, timeout, this);
      if (this.#over) this.#forget?.();
    } catch (error) {
      fail(error);
    }
  }

  // The promise is settled before anything is left, which may fail: what was read is not lost.

  #attempt(): boolean {
    try {
      const result = this.#wait.attempt();
      if (result === undefined) return false;
      this.#resolve(result);
      this.#leave();
    } catch (error) {
      this.onAbort(error);
    }
    return true;
  }

  onAbort(reason: unknown): void {
    this.#reject(reason);
    this.#leave();
  }

  onTimeout(): void {
    // The loop may have been late, and what is waited for there in time.
    for (const { queue } of this.#places) if (!this.#over) queue.serve();
    if (!this.#over) this.onAbort(new TimeoutError(this.#wait.what, this.#wait.timeout));
  }

  get what(): string {
    return this.#wait.what.replace(/^A /, 'a ');
  }

  /** It is never told. */
  abandon(): void {
    this.#leave();
  }

  #leave(): void {
    underWay.delete(this);
    this.#over = true;
    this.#forget?.();
    for (const [queue, waiter] of this.#waiters) queue.remove(waiter);
  }
}
