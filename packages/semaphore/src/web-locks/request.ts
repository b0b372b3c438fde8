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
    const told: { request: LockRequest | undefined; news: number }[] = [];
    for (let i = 0; i < count; i++) {
      const word = batch[i] as number;
      told.push({ request: requests.get(word >>> 2), news: word & 3 });
    }
    for (const { request, news } of told) request?.onNews(news);
    if (count < batch.length) return;
  }
}

/** A promise of what the callback's becomes. */
export function request(asked: Asked): Promise<unknown> {
  return new Promise((resolve, reject) => new Request(asked, resolve, reject).begin());
}

class Request implements Cancellable, LockRequest {
  readonly #asked: Asked;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  /** The addon's name for it; negative when it is not there, or no more. */
  #index = -1;
  /** While it waits: what it waits for, and how not to be cancelled any more. */
  #granted: (() => void) | undefined;
  #forget: (() => void) | undefined;

  constructor(asked: Asked, resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
    this.#asked = asked;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const { name, mode, urgency, ref, callback } = this.#asked;
    const result = native.requestLock(thisCopy.id, name, mode === 'shared', urgency, ref);
    if (result === LockResult.NOT_AVAILABLE) {
      this.#resolve(afterThisTick(callback));
      return;
    }
    if (result < 0) throw systemError(RoomResult.ERRNO - result, 'eventfd');
    this.#index = result >>> 1;
    requests.set(this.#index, this);
    if ((result & 1) === 1) {
      void this.#hold(undefined);
      // Whom it was taken from on this thread is told first.
      if (urgency === LockUrgency.STEALS) hearNews();
    } else {
      void this.#hold(new Promise((granted) => this.#wait(granted)));
    }
  }

  #wait(granted: () => void): void {
    const { signal, timeout } = this.#asked;
    this.#granted = granted;
    try {
      if (timeout === 0) this.onTimeout();
      else this.#forget = cancelWhen(signal, timeout, this);
      if (this.#granted === undefined) this.#forget?.();
    } catch (error) {
      this.onAbort(error);
    }
  }

  /**
   * Calls the callback once the lock is held, never in the tick of `request()`, and gives the lock back when what it returns
   * has settled. An async function, so that the callback runs in the async context of `request()`.
   */
  async #hold(granted: Promise<void> | undefined): Promise<void> {
    await granted;
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
    if ((news & LockNews.GRANTED) !== 0) this.#isHeld();
    if ((news & LockNews.STOLEN) === 0) return;
    this.#end();
    this.#reject(domException('AbortError', `The lock ${JSON.stringify(this.#asked.name)} was stolen`));
  }

  onAbort(reason: unknown): void {
    if (this.#granted === undefined) return;
    this.#waitsNoLonger();
    this.#end();
    this.#reject(reason);
  }

  onTimeout(): void {
    if (this.#granted === undefined) return;
    const { name, timeout } = this.#asked;
    const found = native.expireLock(this.#index);
    if (found === LockResult.PENDING) {
      requests.delete(this.#index);
      this.#index = -1;
      this.#waitsNoLonger();
      const what = `request() of the lock ${JSON.stringify(name)}`;
      this.#reject(new TimeoutError(what, timeout, 'query() shows who holds it and who waits'));
    } else {
      this.onNews(LockNews.GRANTED | (found === LockResult.STOLEN ? LockNews.STOLEN : 0));
    }
  }

  #isHeld(): void {
    const granted = this.#granted;
    this.#waitsNoLonger();
    granted?.();
  }

  #waitsNoLonger(): void {
    this.#granted = undefined;
    this.#forget?.();
  }

  /** The lock is given back, or the queue left. Nothing where it was stolen, or is over for another reason. */
  #end(): void {
    if (this.#index < 0) return;
    const index = this.#index;
    this.#index = -1;
    requests.delete(index);
    native.endLock(index);
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
