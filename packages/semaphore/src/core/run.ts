/** What every `run` does once it has what it waited for. */
import { throwIfAborted } from 'eventfd/internal';

/**
 * Calls `fn`, and gives back however it ends. Not once `signal` has aborted: the grant and an abort may have met on the way
 * here, and whoever aborted counts on it that nobody enters any more.
 */
export async function runHolding<T>(
  signal: AbortSignal | undefined,
  fn: () => T | PromiseLike<T>,
  giveBack: () => void,
): Promise<T> {
  try {
    throwIfAborted(signal);
    return await fn();
  } finally {
    giveBack();
  }
}
