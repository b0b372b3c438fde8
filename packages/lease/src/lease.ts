import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { type AcquireOptions, Event, Semaphore } from '@eventfd/semaphore';
import { invalidType, requireObject, requireText, requireWhole } from './check.js';
import { type EngineSource, type PostedSource, postedOf } from './engine.js';
import { LeaseAtRiskError, LeaseClosedError } from './errors.js';
import { follow } from './follow.js';
import { type Host, hostOfThread, newNumber, numberOfEngine } from './keeper/host.js';
import type { LeaseState, Terms, Told } from './keeper/keeper.js';

/** The most permits that a Semaphore can count. */
const MAX_PERMITS = 2 ** 29 - 1;
/** The longest that a timer takes. */
const MAX_MS = 2 ** 31 - 1;

/** What is leased, of whom, and on which terms. */
export interface LeaseOptions {
  /** How many there are in the whole fleet: an integer from 1 to 2 ** 29 - 1. All who lease this name say the same number. */
  permits: number;
  /** Who keeps account: `redis(...)`, `postgres(...)` or `machine()`. */
  engine: EngineSource;
  /** How long the engine keeps what a process that has gone silent held, in milliseconds; 10,000 by default, at least 500. */
  ttl?: number | undefined;
  /** How long before the end of the ttl nothing is granted any more, in milliseconds; a fifth of the ttl by default. */
  margin?: number | undefined;
  /** Half of what lies idle is given back so often, in milliseconds; 1,000 by default. */
  idle?: number | undefined;
  /** How long to wait for the engine at the start, in milliseconds; 5,000 by default. */
  timeout?: number | undefined;
  /** How many permits this process goes on with while the engine cannot be reached; 0 by default. */
  whenUnreachable?: number | undefined;
}

/** What a Lease emits. */
export interface LeaseEvents {
  /** The state has changed; for `at risk` and `lost`, with what the engine last said, if anything. */
  state: [state: LeaseState, why: Error | undefined];
}

/**
 * Leases permits of a name that many processes share, on one machine or many: at most so many of you in the whole fleet.
 *
 * The process holds a part of them, as many as its threads want and others leave it, and hands them out by `lease.semaphore`, an
 * ordinary Semaphore. A thread of its own, the keeper, asks for more when threads wait, gives back what lies idle, and renews;
 * docs/leases.md says what that promises.
 *
 * @param name of the limit: 1 to 200 characters
 * @throws (rejects) TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, RangeError `ERR_OUT_OF_RANGE`;
 *   LeaseMismatchError `ERR_LEASE_MISMATCH` when the name is in use with another number of permits; LeaseUnreachableError
 *   `ERR_LEASE_UNREACHABLE` when the engine does not answer within `timeout`, with its `cause`
 */
export async function lease(name: string, options: LeaseOptions): Promise<Lease> {
  const terms = check(name, options);
  const bell = new Event({ autoReset: true, name });
  // Fair, so that what is granted here goes to who waits, and to nobody else.
  const semaphore = new Semaphore(0, { name, bell, fair: true, max: MAX_PERMITS });
  const number = newNumber();
  const host = hostOfThread();
  const made = new Lease(semaphore, bell, terms, number, host);
  const { module, options: settings } = postedOf(options.engine) as PostedSource;
  const engine = numberOfEngine(options.engine);
  const request = {
    open: number,
    terms,
    semaphore: semaphore.handle,
    bell: bell.handle,
    engine,
    source: { module, options: settings },
  };
  try {
    await host.open(number, request, made.kept);
  } catch (error) {
    semaphore[Symbol.dispose]();
    bell[Symbol.dispose]();
    throw error;
  }
  return made;
}

/** Permits of a name that many processes share. Made by `lease`. */
export class Lease extends EventEmitter<LeaseEvents> {
  /** What threads of this process acquire from: post it to them. How many permits it has is its keeper's to say: do not close or resize it. */
  readonly semaphore: Semaphore;
  /** As given to `lease`. */
  readonly name: string;
  readonly #bell: Event;
  readonly #number: number;
  readonly #host: Host;
  #told: Told;
  #controller = new AbortController();
  #closed: Promise<void> | undefined;

  /** @internal */
  readonly kept = {
    onTold: (told: Told, why: Error | undefined): void => this.#onTold(told, why),
    onEnd: (why: Error): void => this.#onEnd(why),
  };

  /** @internal */
  constructor(semaphore: Semaphore, bell: Event, terms: Terms, number: number, host: Host) {
    super();
    this.semaphore = semaphore;
    this.#bell = bell;
    this.name = terms.name;
    this.#number = number;
    this.#host = host;
    this.#told = { state: 'live', permits: terms.permits, held: 0 };
  }

  /** `live`; `at risk`: the engine was not heard of in time, nothing is granted; `lost`: it may have granted what was held to others. */
  get state(): LeaseState {
    return this.#told.state;
  }

  /** How many permits there are in the whole fleet. */
  get permits(): number {
    return this.#told.permits;
  }

  /** How many of them this process has leased, as far as this thread has heard. */
  get held(): number {
    return this.#told.held;
  }

  /**
   * Aborts with a LeaseAtRiskError when the lease comes to be at risk, and with a LeaseClosedError when nobody renews it any more. Once it
   * is live again, this is another signal.
   */
  get signal(): AbortSignal {
    return this.#controller.signal;
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

  /**
   * Changes how many permits there are, for the whole fleet. Of those that are leased beyond that, none is granted again when it comes
   * back.
   *
   * @throws (rejects) RangeError `ERR_OUT_OF_RANGE`; LeaseUnreachableError `ERR_LEASE_UNREACHABLE`; LeaseClosedError `ERR_LEASE_CLOSED`
   */
  async resize(permits: number): Promise<void> {
    requireWhole('permits', permits, 1, MAX_PERMITS);
    if (this.#closed !== undefined) throw this.#closedError();
    await this.#host.call({ resize: this.#number, permits });
  }

  /**
   * Ends the lease: waits for permits get a ClosedError, and everything goes back to the engine. Waits until what is in use has come
   * back, for up to the ttl.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The same, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.semaphore.close();
    await this.#host.call({ close: this.#number }).catch(() => {}); // the keeper has ended: so has the lease
    this.#host.forget(this.#number);
    this.#bell[Symbol.dispose]();
    this.#controller.abort(this.#closedError());
  }

  #closedError(): LeaseClosedError {
    return new LeaseClosedError(`The lease ${JSON.stringify(this.name)} is closed`);
  }

  #onTold(told: Told, why: Error | undefined): void {
    const before = this.#told.state;
    this.#told = told;
    if (told.state === before) return;
    if (told.state === 'live') {
      if (this.#controller.signal.aborted) this.#controller = new AbortController();
    } else if (!this.#controller.signal.aborted) {
      const message = `The lease ${JSON.stringify(this.name)} is ${told.state}: its engine was not heard of in time`;
      this.#controller.abort(new LeaseAtRiskError(message, why === undefined ? {} : { cause: why }));
    }
    this.emit('state', told.state, why);
  }

  #onEnd(why: Error): void {
    this.#closed ??= Promise.resolve();
    this.semaphore.close();
    this.#controller.abort(why);
    this.#told = { ...this.#told, state: 'lost', held: 0 };
    this.emit('state', 'lost', why);
  }

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: object): string {
    const { state, permits, held, semaphore } = this;
    return `Lease ${JSON.stringify(this.name)} ${inspect({ state, permits, held, semaphore }, options)}`;
  }
}

function check(name: unknown, options: unknown): Terms {
  requireText('name', name, 200);
  const { permits, engine, ttl = 10_000, ...others } = requireObject('options', options) as LeaseOptions;
  requireWhole('options.permits', permits, 1, MAX_PERMITS);
  if (postedOf(engine) === undefined) {
    throw invalidType('options.engine', 'what redis(), postgres() or machine() made', engine);
  }
  requireWhole('options.ttl', ttl, 500, MAX_MS);
  const { margin = Math.round(ttl / 5), idle = 1000, timeout = 5000, whenUnreachable = 0 } = others;
  return {
    name: name as string,
    permits,
    ttl,
    margin: requireWhole('options.margin', margin, 1, Math.floor(ttl / 2)),
    idle: requireWhole('options.idle', idle, 10, MAX_MS),
    timeout: requireWhole('options.timeout', timeout, 1, MAX_MS),
    whenUnreachable: requireWhole('options.whenUnreachable', whenUnreachable, 0, permits),
  };
}
