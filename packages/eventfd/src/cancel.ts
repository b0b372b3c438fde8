/** What may end an asynchronous wait before its time: one path for the timeout and the AbortSignal. */
import { TimeoutError } from './errors.js';

/** `setTimeout` takes no more, in milliseconds; it would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Calls `cancel`, later and with the reason, when `signal` aborts or `timeout` milliseconds have passed. The function it returns
 * takes that back, and must be called when the wait ends, however it ends. Neither keeps the event loop alive: what is
 * waited for does.
 *
 * @param signal one that has not aborted yet
 * @param what is waited for, as the error calls it
 */
export function cancelWhen(
  signal: AbortSignal | undefined,
  timeout: number,
  what: string,
  cancel: (reason: unknown) => void,
): () => void {
  const deadline = performance.now() + timeout;
  let timer: NodeJS.Timeout | undefined;
  const expire = () => cancel(new TimeoutError(what, timeout));
  const arm = () => {
    const left = Math.ceil(deadline - performance.now());
    timer = left > LONGEST_TIMER ? setTimeout(arm, LONGEST_TIMER) : setTimeout(expire, left);
    timer.unref();
  };
  if (timeout !== Number.POSITIVE_INFINITY) arm();

  const onAbort = () => cancel(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });

  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
}
