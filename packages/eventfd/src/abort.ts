/**
 * How all of both packages listen to an AbortSignal, which may be Node's or anybody's: a polyfill's has perhaps no reason,
 * no `throwIfAborted`, and getters that throw.
 */
import { addAbortListener } from 'node:events';

/** What a wait that `signal` ended rejects with. */
export function reasonOf(signal: AbortSignal): unknown {
  try {
    if (signal.reason !== undefined) return signal.reason;
  } catch (error) {
    return error;
  }
  const error = new Error('The operation was aborted');
  return Object.defineProperties(error, {
    name: { value: 'AbortError', configurable: true, writable: true },
    code: { value: 'ABORT_ERR', configurable: true, writable: true, enumerable: true },
  });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

export interface AbortListener {
  onAbort(reason: unknown): void;
}

/**
 * The listeners to one signal. There is one for Node, however many waits share the signal, since at the eleventh it warns
 * of a leak; and none once they are over, since a signal made of others lives as long as somebody listens.
 */
class Audience {
  readonly listeners = new Set<AbortListener>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    // It hears of the abort whoever calls stopImmediatePropagation().
    addAbortListener(signal, this.#onAbort);
  }

  readonly #onAbort = () => {
    const reason = reasonOf(this.#signal);
    for (const listener of this.listeners) listener.onAbort(reason);
  };

  leave(listener: AbortListener): void {
    if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
    audiences.delete(this.#signal);
    try {
      // Not what addAbortListener returned: what it calls dispose is not Symbol.dispose in every realm.
      this.#signal.removeEventListener('abort', this.#onAbort);
    } catch {
      // It is another's, and may not be able to. Nobody is left to be told.
    }
  }
}

const audiences = new WeakMap<AbortSignal, Audience>();

/**
 * Tells `listener` when `signal` aborts; returns how to take that back, which does not fail. Look afterwards whether it has
 * aborted already.
 */
export function listenForAbort(signal: AbortSignal, listener: AbortListener): () => void {
  let audience = audiences.get(signal);
  if (audience === undefined) {
    audience = new Audience(signal);
    audiences.set(signal, audience);
  }
  const joined = audience;
  joined.listeners.add(listener);
  return () => joined.leave(listener);
}
