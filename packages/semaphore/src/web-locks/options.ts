/** What `request` is passed, converted as WebIDL says and refused as the standard does; each is read once, in its order. */
import {
  invalidArgType,
  invalidArgValue,
  LockUrgency,
  requireBoolean,
  requireSignal,
  requireTimeout,
} from 'eventfd/internal';
import { domException } from './dom-exception.js';
import type { Lock, LockMode } from './lock.js';

/** What is called once the lock is held, for as long as which it is held: until what it returns has settled. */
export type LockGrantedCallback<T> = (lock: Lock) => T;

/** The standard's `LockOptions`, and two more. */
export interface LockOptions {
  /** `exclusive` by default. */
  mode?: LockMode | undefined;
  /** Does not wait: when the lock cannot be granted at once, the callback is called with `null`. */
  ifAvailable?: boolean | undefined;
  /**
   * Takes the lock from whoever holds it, at once, whichever thread that is of. Their promises reject with an `AbortError`;
   * their callbacks go on, so only who knows that they do no harm should steal. Who waits goes on waiting.
   */
  steal?: boolean | undefined;
  /** Ends the wait when it aborts; the promise rejects with `signal.reason`. Once the lock is held it does nothing. */
  signal?: AbortSignal | undefined;
  /**
   * **Beyond the standard.** How long to wait at most, in milliseconds; `Infinity`, the default, waits for ever. Then the
   * promise rejects with a `TimeoutError`, `ERR_TIMEOUT`, and the request has left the queue. Once the lock is held it does
   * nothing.
   */
  timeout?: number | undefined;
  /** **Beyond the standard.** Whether the wait keeps this thread's event loop alive; true by default. */
  ref?: boolean | undefined;
}

/** A request as it was converted. */
export interface Asked {
  readonly name: string;
  readonly mode: LockMode;
  readonly urgency: LockUrgency;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly ref: boolean;
  readonly callback: (lock: Lock | null) => unknown;
}

const NO_OPTIONS: LockOptions = {};

/**
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`; RangeError `ERR_OUT_OF_RANGE`; DOMException
 * `NotSupportedError`
 */
export function convert(given: unknown, options: unknown, callback: unknown): Asked {
  // As a template has it: String() would take a symbol.
  const name = `${given as string}`;
  const { ifAvailable, mode, ref, signal, steal, timeout } = convertOptions(options);
  if (typeof callback !== 'function') throw invalidArgType('callback', 'of type function', callback);
  const refused = whatIsRefused(name, { ifAvailable, mode, signal, steal, timeout });
  if (refused !== undefined) throw domException('NotSupportedError', refused);
  return {
    name,
    mode,
    urgency: steal ? LockUrgency.STEALS : ifAvailable ? LockUrgency.IF_AVAILABLE : LockUrgency.WAITS,
    signal,
    timeout: requireTimeout(timeout),
    ref: ref ?? true,
    callback: callback as Asked['callback'],
  };
}

/** The members in the order of their names, as WebIDL reads them. */
function convertOptions(value: unknown) {
  if (value !== undefined && value !== null && typeof value !== 'object' && typeof value !== 'function') {
    throw invalidArgType('options', 'of type object', value);
  }
  const options: LockOptions = value ?? NO_OPTIONS;
  const ifAvailable = Boolean(options.ifAvailable);
  const mode = convertMode(options.mode);
  const { ref } = options;
  if (ref !== undefined) requireBoolean('options.ref', ref);
  const signal = requireSignal(options.signal);
  const steal = Boolean(options.steal);
  const { timeout } = options;
  return { ifAvailable, mode, ref, signal, steal, timeout };
}

function convertMode(value: unknown): LockMode {
  if (value === undefined) return 'exclusive';
  const mode = `${value as string}`;
  if (mode === 'exclusive' || mode === 'shared') return mode;
  throw invalidArgValue('options.mode', "must be 'exclusive' or 'shared'", value);
}

function whatIsRefused(
  name: string,
  { ifAvailable, mode, signal, steal, timeout }: Omit<ReturnType<typeof convertOptions>, 'ref'>,
): string | undefined {
  if (name.startsWith('-')) return "A lock's name does not start with '-': the standard keeps those for itself";
  if (steal && ifAvailable) return "'steal' and 'ifAvailable' exclude each other: who steals has the lock in any case";
  if (steal && mode !== 'exclusive') return "'steal' is for exclusive locks";
  if (!steal && !ifAvailable) return undefined;
  if (signal !== undefined) return "'signal' is for who waits, which 'steal' and 'ifAvailable' do not";
  if (timeout !== undefined) return "'timeout' is for who waits, which 'steal' and 'ifAvailable' do not";
  return undefined;
}
