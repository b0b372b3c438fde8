/** Waits, blocking and not: one path for their timeouts, aborts and outcomes. */
import {
  leave,
  type Parked,
  type ParkResult,
  park,
  parkSync,
  Role,
  requireBoolean,
  requireOptions,
  requireSignal,
  requireTimeout,
  type SyncHooks,
  type SyncWaitOptions,
  TimeoutError,
  type WaitOptions,
} from 'eventfd/internal';
import { type AbortListener, listenForAbort } from './abort.js';
import type { Cell } from './cell.js';
import { nextWaitId, publishWait } from './diagnostics.js';

/** setTimeout takes no more than this; a longer timeout is waited for in parts. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Options of an asynchronous wait, checked. */
export interface CheckedWait {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly ref: boolean;
}

export const WAIT_FOR_EVER: CheckedWait = { signal: undefined, timeout: Number.POSITIVE_INFINITY, ref: true };

/** Checks options; throws `signal.reason` when the signal has aborted already. */
export function checkWait(options: WaitOptions | undefined): CheckedWait {
  if (options === undefined) return WAIT_FOR_EVER;
  requireOptions(options);
  const { timeout, ref = true } = options;
  const signal = requireSignal(options.signal);
  const checked = { signal, timeout: requireTimeout(timeout), ref: requireBoolean('options.ref', ref) };
  signal?.throwIfAborted();
  return checked;
}

/** Checks options, and returns the timeout. */
export function checkSyncWait(options: SyncWaitOptions | undefined): number {
  requireOptions(options);
  return requireTimeout(options?.timeout);
}

/** What is waited for. The cell is attached. */
export interface Target<T> {
  readonly cell: Cell;
  /** The method, for a TimeoutError's message. */
  readonly method: string;
  readonly permits: number;
  readonly role: Role;
  /**
   * Makes the result once the permits are this thread's. It must not fail: what it returns is best made before the wait.
   */
  granted(): T;
  /** Why nothing will ever be granted. */
  refused(): Error;
}

/**
 * Waits. The promise settles on this thread; when it rejects, the wait has left the queue and holds nothing, and a grant
 * that was made meanwhile was given back. `queued` runs before this returns, if the wait has come to stand in the queue.
 */
export function waitFor<T>(target: Target<T>, options: CheckedWait, queued?: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    new Wait(target, options, resolve, reject).begin(queued);
  });
}

/** Blocks the thread. The same holds when it throws. */
export function waitForSync<T>(target: Target<T>, timeout: number, hooks?: SyncHooks): T {
  const { cell, permits, role } = target;
  const id = nextWaitId();
  publishWait('start', id, target);
  let result: ReturnType<typeof parkSync> = 'timeout';
  try {
    if (!noWait(target, timeout)) result = parkSync(cell.attachment, permits, role, timeout, hooks);
  } catch (error) {
    publishWait('refused', id, target);
    throw error;
  }
  publishWait(result === 'closed' ? 'refused' : result, id, target);
  if (result === 'granted') return target.granted();
  if (result === 'closed') throw target.refused();
  throw timeoutError(target, timeout);
}

/** Who does not wait, and has tried already, need not queue. A party of a barrier has to arrive all the same. */
function noWait(target: Target<unknown>, timeout: number): boolean {
  return timeout === 0 && target.role !== Role.PARTY;
}

function whatWaits({ method, cell }: Target<unknown>): string {
  return `${method}() of ${cell}`;
}

function timeoutError(target: Target<unknown>, timeout: number): Error {
  return new TimeoutError(whatWaits(target), timeout, 'inspect() shows who holds it and who waits');
}

class Wait<T> implements Parked, AbortListener {
  readonly #target: Target<T>;
  readonly #options: CheckedWait;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #id = nextWaitId();
  /** The waiting room's name for it; negative once it is over. */
  #waiter = -1;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;

  constructor(target: Target<T>, options: CheckedWait, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.#target = target;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(queued: (() => void) | undefined): void {
    const { cell, permits, role } = this.#target;
    const { signal, timeout, ref } = this.#options;
    publishWait('start', this.#id, this.#target);
    if (noWait(this.#target, timeout)) {
      publishWait('timeout', this.#id, this.#target);
      this.#reject(timeoutError(this.#target, timeout));
      return;
    }
    let result: ParkResult;
    try {
      result = park(cell.attachment, permits, role, ref, this);
    } catch (error) {
      publishWait('refused', this.#id, this.#target);
      throw error;
    }
    if (typeof result === 'string') {
      this.onDecided(result === 'closed');
      return;
    }
    this.#waiter = result.waiter;
    if (signal !== undefined) this.#unlisten = listenForAbort(signal, this);
    if (timeout !== Number.POSITIVE_INFINITY) this.#startTimer(performance.now() + timeout);
    try {
      queued?.();
    } catch (error) {
      this.#cancel('abort', error);
    }
  }

  /** The waiting room has decided. */
  onDecided(closed: boolean): void {
    this.#end();
    publishWait(closed ? 'refused' : 'granted', this.#id, this.#target);
    if (closed) this.#reject(this.#target.refused());
    else this.#resolve(this.#target.granted());
  }

  get what(): string {
    return whatWaits(this.#target);
  }

  onAbort(reason: unknown): void {
    this.#cancel('abort', reason);
  }

  abandon(): void {
    this.#leave('abort');
  }

  /** Abort and timeout both come here. */
  #cancel(event: 'abort' | 'timeout', reason: unknown): void {
    if (this.#leave(event)) this.#reject(reason);
  }

  #leave(event: 'abort' | 'timeout'): boolean {
    if (this.#waiter < 0) return false;
    const how = leave(this.#waiter);
    if (how === 'too late') return false;
    if (how === 'granted' && this.#target.role === Role.PARTY) {
      // Of a barrier's complete round nothing can be given back: its other parties go on.
      this.onDecided(false);
      return false;
    }
    this.#end();
    publishWait(event, this.#id, this.#target);
    return true;
  }

  #end(): void {
    this.#waiter = -1;
    clearTimeout(this.#timer);
    this.#unlisten?.();
  }

  #startTimer(deadline: number): void {
    const left = Math.max(1, deadline - performance.now());
    this.#timer = setTimeout(
      () => {
        if (performance.now() < deadline) this.#startTimer(deadline);
        else this.#cancel('timeout', timeoutError(this.#target, this.#options.timeout));
      },
      Math.min(left, LONGEST_TIMER),
    );
    // Whether the loop stays alive is the waiter's to say.
    this.#timer.unref();
  }
}
