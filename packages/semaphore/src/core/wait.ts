/** Waits, blocking and not: one path for their timeouts, aborts and outcomes. */
import {
  type Cancellable,
  type CheckedWait as CancelledWait,
  type CheckedSyncWait,
  cancelWhen,
  expire,
  leave,
  type Parked,
  type Parking,
  type ParkResult,
  park,
  parkSync,
  Role,
  reasonOf,
  requireWait,
  type SyncHooks,
  TimeoutError,
  throwIfAborted,
  type WaitOptions,
} from 'eventfd/internal';
import { QueueFullError } from '../errors.js';
import { type Cell, Word } from './cell.js';
import { nextWaitId, publishWait } from './diagnostics.js';
import { BlockedWait, patienceFor, warnWhenLong } from './long-wait.js';

/** Options of an asynchronous wait, checked. */
export type CheckedWait = CancelledWait & { readonly ref: boolean };

export const WAIT_FOR_EVER: CheckedWait = { signal: undefined, timeout: Number.POSITIVE_INFINITY, ref: true };

/** Checks options, which may have been read before; throws `signal.reason` when the signal has aborted already. */
export function checkWait(options: WaitOptions | undefined): CheckedWait {
  const wait = readWait(options);
  throwIfAborted(wait.signal);
  return wait;
}

/** The same, whether or not the signal has aborted. */
export function readWait(options: WaitOptions | undefined): CheckedWait {
  if (options === undefined) return WAIT_FOR_EVER;
  const { signal, timeout, ref = true } = requireWait(options);
  return { signal, timeout, ref };
}

/** Called with a wait that stands in a queue. */
export type Queued = (waiting: Cancellable) => void;

/** What is waited for. The cell is attached. */
export interface Target<T> extends Parking {
  readonly cell: Cell;
  /** The method, for a TimeoutError's message. */
  readonly method: string;
  /**
   * Makes the result once the permits are this thread's. It must not fail: what it returns is best made before the wait.
   */
  granted(): T;
  /** Why nothing will ever be granted. */
  refused(): Error;
  /** Of a rate: in how many milliseconds it would be served if it asked now. */
  retryAfter?: (() => number) | undefined;
}

/**
 * Waits. The promise settles on this thread; when it rejects, the wait has left the queue and holds nothing, and a grant
 * that was made meanwhile was given back. `queued` runs before this returns, if the wait has come to stand in the queue; it
 * may keep what it is given, to end the wait.
 */
export function waitFor<T>(target: Target<T>, options: CheckedWait, queued?: Queued): Promise<T> {
  return new Promise((resolve, reject) => {
    new Wait(target, options, resolve, reject).begin(queued);
  });
}

/** Blocks the thread. The same holds when it throws. */
export function waitForSync<T>(target: Target<T>, wait: CheckedSyncWait, hooks?: SyncHooks): T {
  const { cell } = target;
  const id = nextWaitId();
  publishWait('start', id, target);
  let result: ReturnType<typeof parkSync> = 'timeout';
  const patience = patienceFor(target);
  const blocked = patience < wait.timeout ? new BlockedWait(target, id, patience) : undefined;
  try {
    const watched = blocked === undefined ? hooks : { ...hooks, sliced: blocked.look };
    if (!noWait(target, wait.timeout)) result = parkSync(cell.attachment, target, wait, watched);
    blocked?.ended();
  } catch (error) {
    blocked?.ended();
    publishWait('refused', id, target);
    throw error;
  }
  publishWait(result === 'closed' || result === 'full' ? 'refused' : result, id, target);
  if (result === 'granted') return target.granted();
  if (result === 'closed') throw target.refused();
  if (result === 'full') throw queueFullError(target);
  throw result === 'abort' ? wait.signal?.reason : timeoutError(target, wait.timeout);
}

/**
 * Who does not wait, and has tried already, need not queue. A party of a barrier has to arrive all the same, and who waits
 * for a condition lets go of its mutex.
 */
function noWait(target: Target<unknown>, timeout: number): boolean {
  return timeout === 0 && (target.role === Role.TAKER || target.role === Role.DRAWER);
}

function whatWaits({ method, cell }: Target<unknown>): string {
  return `${method}() of ${cell}`;
}

function timeoutError(target: Target<unknown>, timeout: number): Error {
  const { retryAfter } = target;
  if (retryAfter === undefined) {
    return new TimeoutError(whatWaits(target), timeout, 'inspect() shows who holds it and who waits');
  }
  const error = new TimeoutError(whatWaits(target), timeout, 'try again in `retryAfter` milliseconds');
  return Object.assign(error, { retryAfter: retryAfter() });
}

function queueFullError(target: Target<unknown>): Error {
  return new QueueFullError(whatWaits(target), target.cell.load(Word.MAX_WAITING));
}

class Wait<T> implements Parked, Cancellable {
  readonly #target: Target<T>;
  readonly #options: CheckedWait;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #id = nextWaitId();
  /** The waiting room's name for it; negative once it is over. */
  #waiter = -1;
  /** Ends what may cancel it. */
  #forget: (() => void) | undefined;
  /** It will not have been long. */
  #inTime: (() => void) | undefined;

  constructor(target: Target<T>, options: CheckedWait, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.#target = target;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(queued: Queued | undefined): void {
    publishWait('start', this.#id, this.#target);
    const result = this.#park();
    if (result === undefined) return;
    if (result === 'too late') {
      this.#end('timeout', timeoutError(this.#target, this.#options.timeout));
      return;
    }
    if (result === 'full') {
      this.#end('refused', queueFullError(this.#target));
      return;
    }
    if (typeof result === 'string') {
      this.onDecided(result === 'closed');
      return;
    }
    this.#waiter = result.waiter;
    // From here on it stands in the queue: whatever fails, it leaves.
    try {
      queued?.(this);
      if (this.#options.timeout === 0) this.onTimeout();
      else this.#beCancellable();
      if (this.#waiter >= 0) this.#inTime = warnWhenLong(this.#target, this.#id);
    } catch (error) {
      this.onAbort(error);
    }
  }

  /** Joins the queue, unless it is over before. */
  #park(): ParkResult | undefined {
    const { cell } = this.#target;
    const { signal, timeout, ref } = this.#options;
    try {
      // A subscriber may have aborted it just now.
      if (signal?.aborted) this.#end('abort', reasonOf(signal));
      else if (noWait(this.#target, timeout)) this.#end('timeout', timeoutError(this.#target, timeout));
      else return park(cell.attachment, this.#target, ref, this, timeout);
    } catch (error) {
      this.#end('refused', error);
    }
    return undefined;
  }

  #beCancellable(): void {
    const { signal, timeout } = this.#options;
    if (this.#waiter < 0) return;
    this.#forget = cancelWhen(signal, timeout, this);
    if (this.#waiter < 0) this.#forget?.();
  }

  /** The waiting room has decided. */
  onDecided(closed: boolean): void {
    this.#over();
    if (closed) {
      this.#end('refused', this.#target.refused());
    } else {
      publishWait('granted', this.#id, this.#target);
      this.#resolve(this.#target.granted());
    }
  }

  get what(): string {
    return whatWaits(this.#target);
  }

  onAbort(reason: unknown): void {
    if (this.#leave()) this.#end('abort', reason);
  }

  onTimeout(): void {
    if (this.#waiter < 0) return;
    const how = expire(this.#waiter);
    if (how === 'too late') return;
    if (how === 'timeout') {
      this.#over();
      this.#end('timeout', timeoutError(this.#target, this.#options.timeout));
    } else {
      this.onDecided(how === 'closed');
    }
  }

  abandon(): void {
    if (this.#leave()) publishWait('abort', this.#id, this.#target);
  }

  #end(event: 'abort' | 'timeout' | 'refused', reason: unknown): void {
    publishWait(event, this.#id, this.#target);
    this.#reject(reason);
  }

  #leave(): boolean {
    if (this.#waiter < 0) return false;
    const how = leave(this.#waiter);
    if (how === 'too late') return false;
    if (how === 'stands') {
      // The gate was open, or the barrier's round complete, for everybody: what happened first counts.
      this.onDecided(false);
      return false;
    }
    this.#over();
    return true;
  }

  #over(): void {
    this.#waiter = -1;
    this.#forget?.();
    this.#inTime?.();
  }
}
