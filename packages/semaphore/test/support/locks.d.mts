/** A lock as the tests see it: the object of the class. */
export interface Lock extends Disposable {
  readonly waiting: number;
  readonly maxWaiting?: number;
  readonly aging?: number;
  readonly closed: boolean;
  close(): void;
}

/** What an acquire gives. */
export type Hold = object;

export interface Waiting {
  /** More than 1 only where the class is `weighted`. */
  permits?: number;
  timeout?: number;
  signal?: AbortSignal;
  ref?: boolean;
  priority?: number;
}

/** How the tests use a lock-like class, whatever its methods are called. */
export interface Adapter {
  /** How many holders there may be at once, each with one permit. */
  readonly limit: number;
  /** Strict first come, first served. */
  readonly fair: boolean;
  /** Whether one acquire may take several permits. */
  readonly weighted: boolean;
  /** A thread that holds it and blocks for more gets a DeadlockError at once, whatever the timeout. */
  readonly findsDeadlock: boolean;
  make(name?: string, more?: { maxWaiting?: number | undefined; aging?: number }): Lock;
  from(posted: unknown): Lock;
  tryAcquire(lock: Lock, permits?: number): Hold | undefined;
  acquireSync(lock: Lock, waiting?: Waiting): Hold;
  acquire(lock: Lock, waiting?: Waiting): Promise<Hold>;
  release(hold: Hold): void;
  run<T>(lock: Lock, fn: () => T | PromiseLike<T>, waiting?: Waiting): Promise<T>;
  runSync<T>(lock: Lock, fn: () => T, waiting?: Waiting): T;
  /** Holders there is room for; `limit` when nobody holds it and nothing is lost. */
  free(lock: Lock): number;
}

export const locks: Readonly<Record<string, Adapter>>;
