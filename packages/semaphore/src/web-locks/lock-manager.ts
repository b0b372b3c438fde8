import process from 'node:process';
import { native, reasonOf } from 'eventfd/internal';
import { asInterface, INTERNAL, requireInternal, typeError } from './dom-exception.js';
import type { Lock, LockMode } from './lock.js';
import { convert, type LockGrantedCallback, type LockOptions } from './options.js';
import { request } from './request.js';

/** A lock, or a request for one, as `query` finds it. */
export interface LockInfo {
  name: string;
  mode: LockMode;
  /** Of the thread: the same for all its locks and requests, and no other's of this process. */
  clientId: string;
}

/** What `query` finds. */
export interface LockManagerSnapshot {
  /** In the order in which they were granted. */
  held: LockInfo[];
  /** In the order in which they were made. */
  pending: LockInfo[];
}

/** The standard's `LockManager` (https://w3c.github.io/web-locks/), for all threads of this process. There is one: `locks`. */
export class LockManager {
  /** Only to tell what is one. */
  readonly #is = true;

  /** @internal */
  constructor(...internal: [given?: unknown]) {
    requireInternal(internal[0]);
  }

  /**
   * Waits for the lock of that name, calls `callback` with it, and gives it back when the promise that returns has settled;
   * or when this thread ends, however it does. Never throws: what is wrong rejects the promise.
   *
   * The promise settles as the callback's does, after it. It rejects, without a call, with `signal.reason` when that aborts
   * first, or with a `TimeoutError` (`ERR_TIMEOUT`), and then the request has left the queue; with an `AbortError` when the
   * lock is stolen; with a `NotSupportedError` for a name that starts with `-` and for options that exclude each other; with
   * a `TypeError` or a `RangeError` (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) for what is of a
   * wrong type or range; with what the kernel says (`EMFILE`, ...) when this thread's first request cannot get its descriptor.
   *
   * @param name any string, compared by its UTF-16 code units
   */
  request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
  request<T>(
    name: string,
    options: LockOptions & { ifAvailable: true },
    callback: (lock: Lock | null) => T,
  ): Promise<Awaited<T>>;
  request<T>(name: string, options: LockOptions, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
  request(name: unknown, options: unknown, ...rest: unknown[]): Promise<never> {
    try {
      LockManager.#require(this);
      const asked = rest.length === 0 ? convert(name, undefined, options) : convert(name, options, rest[0]);
      if (asked.signal?.aborted) throw reasonOf(asked.signal);
      return request(asked) as Promise<never>;
    } catch (error) {
      return rejected(error);
    }
  }

  /** Every lock and every request of this process, at one moment. */
  async query(): Promise<LockManagerSnapshot> {
    LockManager.#require(this);
    const { held, pending } = native.queryLocks();
    return { held: held.map(toInfo), pending: pending.map(toInfo) };
  }

  static #require(self: unknown): void {
    if (typeof self === 'object' && self !== null && #is in self) return;
    throw typeError('ERR_INVALID_THIS', 'Value of "this" must be of type LockManager');
  }

  /** @internal */
  declare readonly [Symbol.toStringTag]: 'LockManager';
}

asInterface(LockManager, ['request', 'query']);

/** The locks of this process: what browsers have as `navigator.locks`. */
export const locks = new LockManager(INTERNAL);

function toInfo({ name, shared, thread }: { name: string; shared: boolean; thread: number }): LockInfo {
  return { name, mode: shared ? 'shared' : 'exclusive', clientId: `node-${process.pid}-${thread}` };
}

async function rejected(error: unknown): Promise<never> {
  throw error;
}
