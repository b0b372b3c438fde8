/** Checks of what a caller passes. Messages and codes follow Node's own; all name the argument and what was received. */
import { inspect } from 'node:util';
import { type CheckedSyncWait, SHARED, type SharedAbort, type SharedAbortSignal } from './shared-signal.js';

type Coded<E extends Error> = E & { code: string };

function coded<E extends Error>(error: E, code: string): Coded<E> {
  return Object.assign(error, { code });
}

/** How a message tells what was passed. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  const shown = inspect(value, { colors: false });
  return `type ${typeof value} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

/** A `TypeError` with `ERR_INVALID_ARG_TYPE`; `expected` completes "must be". */
export function invalidArgType(name: string, expected: string, value: unknown): Coded<TypeError> {
  const message = `The "${name}" argument must be ${expected}. Received ${received(value)}`;
  return coded(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

/** A `TypeError` with `ERR_INVALID_ARG_VALUE`; `reason` completes "The argument x". */
export function invalidArgValue(name: string, reason: string, value: unknown): Coded<TypeError> {
  const message = `The argument "${name}" ${reason}. Received ${inspect(value, { depth: 0 })}`;
  return coded(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}

/** A `RangeError` with `ERR_OUT_OF_RANGE`; `range` completes "It must be". */
export function outOfRange(name: string, range: string, value: unknown): Coded<RangeError> {
  const shown = typeof value === 'bigint' ? `${value}n` : String(value);
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`;
  return coded(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

/** Requires a number that is a whole one from `min` to `max`. */
export function requireInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw outOfRange(name, `an integer >= ${min} and <= ${max}`, value);
  }
  return value;
}

/**
 * Requires a number or a bigint that is a whole one from 0 to `max`, and gives the bigint. A number must be a safe integer:
 * above, it is no longer the value that was written in the source.
 */
export function requireUnsigned(name: string, value: unknown, max: bigint): bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw invalidArgType(name, 'of type number or bigint', value);
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw outOfRange(name, `an integer >= 0 and <= ${max}, and a bigint if it is above 2 ** 53 - 1`, value);
  }
  const exact = BigInt(value);
  if (exact < 0n || exact > max) throw outOfRange(name, `an integer >= 0 and <= ${max}`, value);
  return exact;
}

export function requireBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
  return value;
}

export function requireFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidArgType(name, 'of type function', value);
}

/** Requires an object to read options from; `undefined` stands for none. */
export function requireOptions(value: unknown, name = 'options'): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null) throw invalidArgType(name, 'of type object', value);
}

/** What every synchronous wait takes. */
export interface SyncWaitOptions {
  /** How long to wait at most, in milliseconds; `Infinity`, the default, waits for ever, 0 does not wait. */
  timeout?: number | undefined;
  /**
   * The signal of a SharedAbortController of `@eventfd/semaphore`: ends the wait within 50 ms of the abort, with
   * `signal.reason`. A blocked thread hears of no other signal, so any other is refused.
   */
  signal?: SharedAbortSignal | undefined;
}

/** What every asynchronous wait takes. */
export interface WaitOptions {
  /** How long to wait at most, in milliseconds; `Infinity`, the default, waits for ever, 0 does not wait. */
  timeout?: number | undefined;
  /** Ends the wait when it aborts; the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Whether the wait keeps this thread's event loop alive; true by default. */
  ref?: boolean | undefined;
}

/** Requires a timeout in milliseconds, from 0 to `Infinity`; `undefined` stands for `Infinity`. */
export function requireTimeout(value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value !== 'number') throw invalidArgType('options.timeout', 'of type number', value);
  if (!(value >= 0)) throw outOfRange('options.timeout', '>= 0', value);
  return value;
}

/**
 * Requires a signal, by what is used of it, as Node itself does: it may be a polyfill's, or of another realm. Whether one
 * that has aborted already can be listened to does not matter.
 */
export function requireSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && 'aborted' in value) {
    const signal = value as AbortSignal;
    if (typeof signal.addEventListener === 'function' || signal.aborted) return signal;
  }
  throw invalidArgType('options.signal', 'an instance of AbortSignal', value);
}

/** Requires a signal that a blocked thread hears of, and gives what it looks at; `undefined` stands for none. */
function requireSharedSignal(value: unknown): SharedAbort | undefined {
  if (value === undefined) return undefined;
  const found = (Object(value) as Partial<SharedAbortSignal>)[SHARED];
  if (typeof found === 'object' && found !== null) return found;
  const expected = 'the signal of a SharedAbortController, since a thread that blocks hears of no other';
  throw invalidArgType('options.signal', expected, value);
}

/** Checks options of a synchronous wait, each read once; throws `signal.reason` when the signal has aborted already. */
export function requireSyncWait(options: SyncWaitOptions | undefined): CheckedSyncWait {
  requireOptions(options);
  const { timeout, signal: given } = options ?? {};
  const signal = requireSharedSignal(given);
  const checked = { timeout: requireTimeout(timeout), signal };
  if (signal?.aborted) throw signal.reason;
  return checked;
}

/** Options of an asynchronous wait, checked, each read once. */
export interface CheckedWait {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly ref: boolean | undefined;
}

/** Checks options; whether the signal has aborted is not looked at. */
export function requireWait(options: WaitOptions | undefined): CheckedWait {
  requireOptions(options);
  const { signal, timeout, ref } = options ?? {};
  if (ref !== undefined) requireBoolean('options.ref', ref);
  return { signal: requireSignal(signal), timeout: requireTimeout(timeout), ref };
}

export function requireString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
  return value;
}
