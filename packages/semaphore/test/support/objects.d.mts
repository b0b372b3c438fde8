import type { Barrier, Condition, Event, Latch, Mutex, RateLimit, RwLock, Semaphore, Signal } from '@eventfd/semaphore';

export const classes: {
  readonly Barrier: typeof Barrier;
  readonly Condition: typeof Condition;
  readonly Event: typeof Event;
  readonly Latch: typeof Latch;
  readonly Mutex: typeof Mutex;
  readonly RateLimit: typeof RateLimit;
  readonly RwLock: typeof RwLock;
  readonly Semaphore: typeof Semaphore;
  readonly Signal: typeof Signal;
};
export function attach(posted: unknown): object;
