/** One asynchronous wait, and the single path on which it is cancelled. */
import { leave, type Parked, park, TimeoutError, type WaitOptions } from 'eventfd/internal';

/** setTimeout takes no more than this; a longer timeout is waited for in parts. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Waits by the signal that may abort them: one listener a signal, however many waits share it. */
const waitsOf = new WeakMap<AbortSignal, Set<Wait<unknown>>>();

function listen(signal: AbortSignal, wait: Wait<unknown>): void {
  let waits = waitsOf.get(signal);
  if (waits === undefined) {
    waits = new Set();
    waitsOf.set(signal, waits);
    signal.addEventListener(
      'abort',
      () => {
        const aborted = waitsOf.get(signal) ?? [];
        waitsOf.delete(signal);
        for (const each of aborted) each.cancel(signal.reason);
      },
      { once: true },
    );
  }
  waits.add(wait);
}

/** Checked options of a wait. */
export interface CheckedWait {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly ref: boolean;
}

export const WAIT_FOR_EVER: CheckedWait = { signal: undefined, timeout: Number.POSITIVE_INFINITY, ref: true };

export type { WaitOptions };

/** What is waited for. */
export interface Target<T> {
  /** Names it in a TimeoutError: "acquire of Semaphore "db"". */
  readonly what: string;
  readonly attachment: number;
  readonly permits: number;
  readonly passOn: boolean;
  /** Made before the wait, so that nothing can fail between the grant and its use. */
  readonly value: T;
  closedError(): Error;
}

/** Waits. The promise settles on this thread; when it rejects, the wait has left the queue and holds nothing. */
export function waitFor<T>(target: Target<T>, options: CheckedWait): Promise<T> {
  return new Promise((resolve, reject) => new Wait(target, options, resolve, reject));
}

class Wait<T> implements Parked {
  readonly #target: Target<T>;
  readonly #options: CheckedWait;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  #waiter = -1;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: Target<T>, options: CheckedWait, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.#target = target;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const { signal, timeout, ref } = options;
    const result = park(target.attachment, target.permits, ref, target.passOn, this);
    if (typeof result === 'string') {
      this.onDecided(result === 'closed');
      return;
    }
    this.#waiter = result.waiter;
    if (signal !== undefined) listen(signal, this as Wait<unknown>);
    if (timeout !== Number.POSITIVE_INFINITY) this.#startTimer(performance.now() + timeout);
  }

  /** The waiting room has decided. */
  onDecided(closed: boolean): void {
    this.#waiter = -1;
    this.#unlisten();
    if (closed) this.#reject(this.#target.closedError());
    else this.#resolve(this.#target.value);
  }

  /** Abort and timeout both come here. A grant that was made meanwhile is given back. */
  cancel(reason: unknown): void {
    if (this.#waiter < 0) return;
    leave(this.#waiter);
    this.#waiter = -1;
    this.#unlisten();
    this.#reject(reason);
  }

  #startTimer(deadline: number): void {
    const left = deadline - performance.now();
    this.#timer = setTimeout(
      () => {
        if (performance.now() < deadline) this.#startTimer(deadline);
        else this.cancel(new TimeoutError(this.#target.what, this.#options.timeout));
      },
      Math.min(Math.max(left, 1), LONGEST_TIMER),
    );
    // The waiter itself keeps the loop alive, or must not.
    this.#timer.unref();
  }

  #unlisten(): void {
    clearTimeout(this.#timer);
    const { signal } = this.#options;
    if (signal !== undefined) waitsOf.get(signal)?.delete(this as Wait<unknown>);
  }
}
