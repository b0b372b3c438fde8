/** Synchronous waits, in slices: native code cannot be interrupted, so a thread comes back to be terminated in between. */
import { systemError, TimeoutError } from './errors.js';
import { native } from './native.js';
import type { CheckedSyncWait } from './shared-signal.js';

/** The longest that native code may block, in milliseconds. `terminate()` of a blocked worker takes that at worst. */
export const SLICE = 50;

/**
 * Sleeps for up to `ms`. With `watchLoop` it also wakes up when the thread's loop gets work, as it does when the thread is
 * being terminated, and then returns 1. Else 0, or a negative errno.
 */
export type Sleep = (ms: number, watchLoop: boolean) => number;

/** Sleeps until one of the descriptors can be read. */
export function sleepUntilReadable(fds: readonly number[]): Sleep {
  const polled = Int32Array.from(fds);
  const ready = new Uint8Array(polled.length);
  return (ms, watchLoop) => native.pollFds(polled, ready, ms, watchLoop);
}

/**
 * Blocks the thread until `attempt` gives something other than undefined, the timeout has passed, or the signal aborts.
 *
 * @param wait its timeout in milliseconds; with 0 there is one attempt and no sleep
 * @param what is waited for, as the error calls it
 */
export function block<T>(attempt: () => T | undefined, sleep: Sleep, wait: CheckedSyncWait, what: string): T {
  const { timeout, signal } = wait;
  // Real time: who could tick a fake clock is blocked here.
  const deadline = native.now() + timeout;
  for (;;) {
    const result = attempt();
    if (result !== undefined) return result;
    if (signal?.aborted) throw signal.reason;
    const left = deadline - native.now();
    if (left <= 0) throw new TimeoutError(what, timeout);
    const woken = sleep(Math.min(SLICE, Math.ceil(left)), true);
    if (woken < 0) throw systemError(-woken, 'poll');
  }
}
