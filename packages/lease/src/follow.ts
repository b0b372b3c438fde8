/**
 * Controllers that abort with a signal. Not `AbortSignal.any`, of which Node 20 and 22 keep something for each call while the signal
 * lives; and one listener a signal, since Node warns of a leak at the eleventh.
 */
import { addAbortListener } from 'node:events';

const followersOf = new WeakMap<AbortSignal, Set<AbortController>>();

/** `controller` aborts when `signal` does. Returns how to take that back. */
export function follow(signal: AbortSignal, controller: AbortController): () => void {
  if (signal.aborted) controller.abort(signal.reason);
  let followers = followersOf.get(signal);
  if (followers === undefined) {
    const made = new Set<AbortController>();
    // Unlike addEventListener it is heard even when another listener stops the event.
    addAbortListener(signal, () => {
      for (const each of made) each.abort(signal.reason);
    });
    followersOf.set(signal, made);
    followers = made;
  }
  followers.add(controller);
  return () => followers.delete(controller);
}
