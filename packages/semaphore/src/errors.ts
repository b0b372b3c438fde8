/** Blocking would never end: the thread waits, round a cycle, for itself. Nothing was locked. `code` is `ERR_DEADLOCK`. */
export class DeadlockError extends Error {
  override readonly name = 'DeadlockError';
  readonly code = 'ERR_DEADLOCK';
  /** Each thread of the cycle with the mutex it waits for, which the next thread (after the last, the first) holds. */
  readonly cycle: readonly { readonly threadId: number; readonly mutex: string }[];

  /** @internal */
  constructor(cycle: DeadlockError['cycle']) {
    const parts = cycle.map(({ threadId, mutex }, i) => {
      const holder = cycle[(i + 1) % cycle.length] ?? { threadId };
      return `thread ${threadId} waits for ${mutex}, held by thread ${holder.threadId}`;
    });
    super(`Deadlock: ${parts.join('; ')}. Lock in one order everywhere and no mutex twice, or wait with a timeout`);
    this.cycle = cycle;
  }
}

/** A party of the barrier timed out, was aborted or ended, or `abort()` was called. `code` is `ERR_BARRIER_BROKEN`. */
export class BarrierBrokenError extends Error {
  override readonly name = 'BarrierBrokenError';
  readonly code = 'ERR_BARRIER_BROKEN';

  /** @internal */
  constructor(barrier: string) {
    super(`${barrier} is broken: a party has left, so the others would wait for ever. reset() makes it whole`);
  }
}

/** As many wait as may, so this wait was refused before it queued; nothing was changed. `code` is `ERR_QUEUE_FULL`. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  readonly code = 'ERR_QUEUE_FULL';
  /** How many may wait. */
  readonly maxWaiting: number;

  /** @internal */
  constructor(what: string, maxWaiting: number) {
    super(`${what} was refused: ${maxWaiting} wait already, which is the most that may. Shed the load, or try later`);
    this.maxWaiting = maxWaiting;
  }
}

/**
 * `open` found an object of that name, of another class or made with other numbers or options. Nothing was opened. `code` is
 * `ERR_OPEN_MISMATCH`.
 */
export class OpenMismatchError extends Error {
  override readonly name = 'OpenMismatchError';
  readonly code = 'ERR_OPEN_MISMATCH';

  /** @internal */
  constructor(named: string, found: string, asked: string) {
    super(`The name ${named} is open as a ${found}, and this asks for a ${asked}. Open it everywhere as the same`);
  }
}

/** `open` without numbers found no object of that name, and so could make none. `code` is `ERR_NOT_FOUND`. */
export class NameNotFoundError extends Error {
  override readonly name = 'NameNotFoundError';
  readonly code = 'ERR_NOT_FOUND';

  /** @internal */
  constructor(what: string) {
    super(`Nobody has a ${what} open. Say what it is to be, to make it, or keep it open where it was made`);
  }
}
