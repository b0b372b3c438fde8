/** A request, from `request()` until its lock is given back. native/core/lock_table.h decides what becomes of it. */
import {
  type Cancellable,
  cancelWhen,
  LockNews,
  type LockRequest,
  LockResult,
  LockUrgency,
  native,
  RoomResult,
  reasonOf,
  systemError,
  TimeoutError,
  thisCopy,
} from 'eventfd/internal';
import { domException, INTERNAL } from './dom-exception.js';
import { Lock } from './lock.js';
import type { Asked } from './options.js';

/** Shared with whoever evaluates this module again over the same eventfd, one of whom is told for all. */
thisCopy.lockRequests ??= new Map();
const requests = thisCopy.lockRequests;
const batch = new Uint32Array(256);

thisCopy.onLockNews = hearNews;

/** Takes what became of requests of this thread, and tells them. No code of others runs in here. */
function hearNews(): void {
  for (;;) {
    const count = native.takeLockNews(thisCopy.id, batch);
    // Collected before any is told: to be told takes back a timer, which may be anybody's, and whose may request locks.
    const told: { request: LockRequest; news: number }[] = [];
    for (let i = 0; i < count; i++) {
      const word = batch[i] as number;
      told.push({ request: requests.get(word >>> 2) ?? new Early(word >>> 2), news: word & 3 });
    }
    for (const { request, news } of told) request.onNews(news);
    if (count < batch.length) return;
  }
}

/** In the place of a request that was torn out of its start, and joins in a microtask: keeps for it what is told before. */
class Early implements LockRequest {
  early = 0;

  constructor(index: number) {
    requests.set(index, this);
  }

  onNews(news: number): void {
    this.early |= news;
  }
}

/** A promise of what the callback's becomes. */
export function request(asked: Asked): Promise<unknown> {
  return new Promise((resolve, reject) => new Request(asked, resolve, reject).begin());
}

/**
 * A timeout of `vm` tears JavaScript out of the start of any function, the language's own included. So what the addon says is
 * noted where it says it, with no call in between; and what a tear has left of `begin` is done by `#hold`, which has begun before.
 */
class Request implements Cancellable, LockRequest {
  readonly #asked: Asked;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  /** What the addon answered; negative when nothing was requested. */
  #answer = -1;
  /** Its name there; negative when it is not there, or no more. */
  #index = -1;
  #state: 'new' | 'waits' | 'held' | 'cancelled' = 'new';
  /** Nothing was torn off. */
  #begun = false;
  /** While it waits: whom to tell that it does no longer, and how not to be cancelled any more. */
  #granted: (() => void) | undefined;
  #forget: (() => void) | undefined;

  constructor(asked: Asked, resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
    this.#asked = asked;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const { name, mode, urgency, ref, callback } = this.#asked;
    void this.#hold();
    this.#answer = native.requestLock(thisCopy.id, name, mode === 'shared', urgency, ref);
    this.#join();
    if (this.#answer === LockResult.NOT_AVAILABLE) this.#resolve(afterThisTick(callback));
    else if (this.#answer < 0) throw systemError(RoomResult.ERRNO - this.#answer, 'eventfd');
    else if (this.#state === 'waits') this.#beCancellable();
    // Whom it was taken from on this thread is told before anything else is.
    else if (urgency === LockUrgency.STEALS) hearNews();
    this.#begun = true;
  }

  /** It is there, if it was requested, and may hear. Doing it twice is harmless. */
  #join(): void {
    if (this.#state === 'new' && this.#answer >= 0) {
      this.#index = this.#answer >>> 1;
      this.#state = (this.#answer & 1) === 1 ? 'held' : 'waits';
    }
    if (this.#index < 0) return;
    // Not `instanceof`: it may be of another evaluation of this module.
    const { early = 0 } = (requests.get(this.#index) ?? {}) as Partial<Early>;
    requests.set(this.#index, this);
    if (early !== 0) this.onNews(early);
  }

  #beCancellable(): void {
    const { signal, timeout } = this.#asked;
    try {
      if (timeout === 0) this.onTimeout();
      else this.#forget = cancelWhen(signal, timeout, this);
      if (this.#state !== 'waits') this.#forget?.();
    } catch (error) {
      this.onAbort(error);
    }
  }

  /**
   * Calls the callback once the lock is held, never in the tick of `request()`, and gives the lock back when what it returns
   * has settled. An async function, so that the callback runs in the async context of `request()`.
   */
  async #hold(): Promise<void> {
    await undefined;
    if (!this.#begun) this.#join();
    if (this.#state === 'waits') {
      await new Promise<void>((granted) => {
        this.#granted = granted;
      });
    }
    if (this.#state !== 'held') return;
    const { name, mode, signal, callback } = this.#asked;
    if (signal !== undefined && isAborted(signal)) {
      this.#end();
      this.#reject(reasonOf(signal));
      return;
    }
    const waiting = call(callback, new Lock(INTERNAL, name, mode));
    try {
      await waiting;
    } catch {
      // The promise says so.
    }
    this.#end();
    this.#resolve(waiting);
  }

  onNews(news: number): void {
    if ((news & LockNews.GRANTED) !== 0 && this.#state === 'waits') this.#waitsNoLonger('held');
    if ((news & LockNews.STOLEN) === 0) return;
    this.#end();
    this.#reject(domException('AbortError', `The lock ${JSON.stringify(this.#asked.name)} was stolen`));
  }

  onAbort(reason: unknown): void {
    if (this.#state !== 'waits') return;
    this.#waitsNoLonger('cancelled');
    this.#end();
    this.#reject(reason);
  }

  onTimeout(): void {
    if (this.#state !== 'waits') return;
    const { name, timeout } = this.#asked;
    const index = this.#index;
    const found = native.expireLock(index);
    if (found === LockResult.PENDING) {
      this.#index = -1;
      this.#waitsNoLonger('cancelled');
      requests.delete(index);
      const what = `request() of the lock ${JSON.stringify(name)}`;
      this.#reject(new TimeoutError(what, timeout, 'query() shows who holds it and who waits'));
    } else {
      this.onNews(LockNews.GRANTED | (found === LockResult.STOLEN ? LockNews.STOLEN : 0));
    }
  }

  #waitsNoLonger(state: 'held' | 'cancelled'): void {
    this.#state = state;
    this.#granted?.();
    this.#forget?.();
  }

  /** The lock is given back, or the queue left. Nothing where it was stolen, or is over for another reason. */
  #end(): void {
    if (this.#index < 0) return;
    const index = this.#index;
    native.endLock(index);
    this.#index = -1;
    requests.delete(index);
  }
}

/** A promise of what the callback returns, or throws. */
async function call(callback: Asked['callback'], lock: Lock | null): Promise<unknown> {
  return callback(lock);
}

async function afterThisTick(callback: Asked['callback']): Promise<unknown> {
  await undefined;
  return call(callback, null);
}

function isAborted(signal: AbortSignal): boolean {
  try {
    return signal.aborted;
  } catch {
    return true;
  }
}
