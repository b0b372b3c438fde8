/** One listener an AbortSignal, however many waits share it: Node warns of a leak at the eleventh. */
export interface AbortListener {
  onAbort(reason: unknown): void;
}

const listenersOf = new WeakMap<AbortSignal, Set<AbortListener>>();

/** Tells `listener` when `signal` aborts; returns how to take that back. */
export function listenForAbort(signal: AbortSignal, listener: AbortListener): () => void {
  const listeners = listenersOf.get(signal) ?? startListening(signal);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function startListening(signal: AbortSignal): Set<AbortListener> {
  const listeners = new Set<AbortListener>();
  listenersOf.set(signal, listeners);
  const onAbort = () => {
    for (const listener of listeners) listener.onAbort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return listeners;
}
