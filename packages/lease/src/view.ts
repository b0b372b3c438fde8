/** A lease as any thread of the process sees it. */
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import {
  type AcquireOptions,
  type EventHandle,
  type MutexHandle,
  type Semaphore,
  type SemaphoreHandle,
  SharedAbortController,
} from '@eventfd/semaphore';
import { invalidType, requireWhole } from './check.js';
import { follow } from './follow.js';
import type { LeaseState, Terms } from './keeper/keeper.js';
import { errorOf, type News } from './keeper/messages.js';

/** The most permits that a Semaphore can count. */
export const MAX_PERMITS = 2 ** 29 - 1;

/** What a lease emits. */
export interface LeaseEvents {
  /** The state has changed; for `at risk` and `lost`, with what the engine last said, if anything. */
  state: [state: LeaseState, why: Error | undefined];
}

/** What is posted of a lease. */
export interface LeaseHandle {
  readonly kind: 'Lease';
  readonly semaphore: SemaphoreHandle;
  /** @internal */
  readonly bell: EventHandle;
  /** @internal */
  readonly keeping: MutexHandle;
  /** @internal */
  readonly terms: Terms;
  /** @internal */
  readonly channel: string;
  /** @internal How it stood when it was posted. */
  readonly news: News;
}

/** What the threads that use a lease have of it. */
export abstract class LeaseView extends EventEmitter<LeaseEvents> {
  /** What threads of this process acquire from: post it to them. How many permits it has is its keeper's to say: do not close or resize it. */
  readonly semaphore: Semaphore;
  /** As given to `lease`. */
  readonly name: string;
  #news: News | undefined;
  #abort: SharedAbortController | undefined;

  /** @internal */
  protected constructor(semaphore: Semaphore, name: string) {
    super();
    this.semaphore = semaphore;
    this.name = name;
  }

  /** `live`; `at risk`: the engine was not heard of in time, nothing is granted; `lost`: it may have granted what was held to others. */
  get state(): LeaseState {
    return this.#hasEnded ? 'lost' : this.news.state;
  }

  /** How many permits there are in the whole fleet. */
  get permits(): number {
    return this.news.permits;
  }

  /** How many of them this process has leased, as far as this thread has heard. */
  get held(): number {
    return this.#hasEnded ? 0 : this.news.held;
  }

  /**
   * Aborts with a LeaseAtRiskError when the lease comes to be at risk, and with a LeaseClosedError when nobody renews it any more; told by
   * their `code`: a signal is shared by all threads, and its reason a copy in each. Blocking waits look at it, too. Once the lease is live again, this is another signal.
   */
  get signal(): AbortSignal {
    return (this.#abort as SharedAbortController).signal;
  }

  /**
   * Calls `fn` while holding permits, and gives them back however it ends. The signal that `fn` is given aborts when the lease comes
   * to be at risk, and when `options.signal` does: `fn` should then end soon.
   *
   * @throws (rejects) what `semaphore.acquire` and `fn` do; RangeError `ERR_OUT_OF_RANGE` for more permits than the fleet has
   */
  async run<T>(fn: (signal: AbortSignal) => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    if (typeof fn !== 'function') throw invalidType('fn', 'of type function', fn);
    if (options?.permits !== undefined) requireWhole('options.permits', options.permits, 1, this.permits);
    const permit = await this.semaphore.acquire(options);
    const controller = new AbortController();
    const unfollow = [this.signal, options?.signal].map((signal) => signal && follow(signal, controller));
    try {
      return await fn(controller.signal);
    } finally {
      for (const end of unfollow) end?.();
      permit.release();
    }
  }

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: object): string {
    const { state, permits, held, semaphore } = this;
    return `Lease ${JSON.stringify(this.name)} ${inspect({ state, permits, held, semaphore }, options)}`;
  }

  /** @internal The last there are. */
  protected get news(): News {
    return this.#news as News;
  }

  /** @internal */
  protected hear(news: News): void {
    const before = this.#news;
    this.#news = news;
    if (before?.epoch !== news.epoch) this.#abort = SharedAbortController.from(news.abort);
    if (before === undefined || before.state === news.state) return;
    this.emit('state', news.state, news.why && errorOf(news.why));
  }

  /** @internal Nobody renews it any more: all threads are told. */
  protected endWith(why: Error): void {
    const aborted = this.#abort?.abort(why);
    // At risk already: the signals have been told of that.
    if (aborted !== true) this.#ended = true;
    this.#abort?.[Symbol.dispose](); // what has aborted stays so
  }

  #ended = false;

  get #hasEnded(): boolean {
    if (this.#ended) return true;
    return this.#abort?.aborted === true && Object(this.#abort.reason).code === 'ERR_LEASE_CLOSED';
  }
}
