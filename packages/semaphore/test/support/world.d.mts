import type { Barrier, Condition, Event, Latch, Mutex, RateLimit, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import type { Books } from './books.mjs';

export class World {
  constructor(name: string, workers: number, latch?: number);
  readonly latch: number;
  readonly permits: number;
  readonly objects: {
    readonly semaphore: Semaphore;
    readonly mutex: Mutex;
    readonly rwlock: RwLock;
    readonly condition: Condition;
    readonly signal: Signal;
    readonly event: Event;
    readonly latch: Latch;
    readonly barrier: Barrier;
    readonly bounded: Semaphore;
    readonly rate: RateLimit;
  };
  readonly books: Books;
  readonly everOpen: Readonly<Record<'POSTING' | 'TAKING' | 'COUNTING', number>>;
  strike(worker: number): void;
  check(): void;
}
