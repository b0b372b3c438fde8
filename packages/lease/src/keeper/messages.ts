/** What goes between the thread that asks for leases and its keeper. */
import type { EventHandle, SemaphoreHandle, SharedAbortHandle } from '@eventfd/semaphore';
import { LeaseMismatchError, LeaseUnreachableError } from '../errors.js';
import { type ToldError, tellError, untell } from '../secrets.js';
import type { Terms, Told } from './keeper.js';

export interface Open {
  readonly open: number;
  readonly terms: Terms;
  readonly semaphore: SemaphoreHandle;
  readonly bell: EventHandle;
  /** The same number for the same engine, which is then connected to once. */
  readonly engine: number;
  readonly source: { readonly module: string; readonly options: unknown };
  /** The BroadcastChannel on which those who have attached to the lease hear of it. */
  readonly channel: string;
  /** The last that was heard of the keeper whose thread has ended, and in whose place this one comes. */
  readonly predecessor: News | undefined;
}

/** Each names the lease by its number, and is answered by a `Done` with the number of the call. */
export type Request =
  | Open
  | { readonly resize: number; readonly permits: number }
  | { readonly close: number }
  | { readonly drop: number }
  | { readonly forget: number };

export interface Call {
  readonly call: number;
  readonly request: Request;
}

export type FromKeeper =
  | { readonly done: number; readonly failure: Failure | undefined }
  | { readonly lease: number; readonly news: News };

/** How a lease stands. */
export interface News extends Told {
  /** As whom its keeper is known to the engine. */
  readonly member: string;
  /** Another one: another signal. */
  readonly epoch: number;
  readonly abort: SharedAbortHandle;
  readonly why: Failure | undefined;
}

/** What one that attaches says on the channel, to be told. */
export const HELLO = 'hello';

/** Why something failed, without what is not to be shown; the error is made anew in the other thread. */
export interface Failure extends ToldError {
  readonly cause: ToldError | undefined;
  readonly mismatch: readonly [name: string, wanted: number, found: number] | undefined;
}

export function failureOf(error: unknown, secrets: readonly string[]): Failure {
  // By what it says of itself: an engine may have its errors of another copy of this package.
  const { code, cause, lease, wanted, found } = Object(error) as Partial<LeaseMismatchError>;
  return {
    ...tellError(error, secrets),
    cause: cause === undefined ? undefined : tellError(cause, secrets),
    mismatch: code === 'ERR_LEASE_MISMATCH' ? [lease as string, wanted as number, found as number] : undefined,
  };
}

export function errorOf(failure: Failure): Error {
  if (failure.mismatch !== undefined) return new LeaseMismatchError(...failure.mismatch);
  const options = failure.cause === undefined ? {} : { cause: untell(failure.cause) };
  if (failure.code === 'ERR_LEASE_UNREACHABLE') return new LeaseUnreachableError(failure.message, options);
  return Object.assign(untell(failure), options);
}
