/**
 * Signals that a blocked thread can look at. An ordinary AbortSignal is aborted by its thread's own loop, which stands still
 * while the thread blocks; one that threads share says in shared memory what became of it. `@eventfd/semaphore` makes them.
 */

/** Where such a signal has what a blocked thread looks at: the same symbol for every copy of these packages. */
export const SHARED: unique symbol = Symbol.for('eventfd.sharedAbort');

/** Looked at by whichever copy of these packages blocks. */
export interface SharedAbort {
  readonly aborted: boolean;
  /** Once it has aborted. */
  readonly reason: unknown;
}

/** The signal of a SharedAbortController: an AbortSignal like any other, which a blocking wait hears of as well. */
export interface SharedAbortSignal extends AbortSignal {
  /** @internal */
  readonly [SHARED]: SharedAbort;
}

/** Options of a blocking wait, checked. */
export interface CheckedSyncWait {
  readonly timeout: number;
  readonly signal: SharedAbort | undefined;
}

/** For ever, whatever aborts. */
export const SYNC_WAIT_FOR_EVER: CheckedSyncWait = { timeout: Number.POSITIVE_INFINITY, signal: undefined };
