/**
 * What the rules of async-mutex run over: the package itself, and our classes through an adapter. That the package keeps
 * the rules shows that they are its own, and not ours.
 */
import { createRequire } from 'node:module';
import { E_ALREADY_LOCKED, E_CANCELED, E_TIMEOUT, Mutex, Semaphore, tryAcquire, withTimeout } from './adapter.js';

/** async-mutex's interface to a semaphore, but for priorities. */
export interface SemaphoreLike {
  acquire(weight?: number): Promise<[value: number, release: () => void]>;
  runExclusive<T>(fn: (value: number) => T | Promise<T>, weight?: number): Promise<T>;
  waitForUnlock(weight?: number): Promise<void>;
  isLocked(): boolean;
  getValue(): number;
  setValue(value: number): void;
  release(weight?: number): void;
  cancel(): void;
}

/** The same to a mutex. */
export interface MutexLike {
  acquire(): Promise<() => void>;
  runExclusive<T>(fn: () => T | Promise<T>): Promise<T>;
  waitForUnlock(): Promise<void>;
  isLocked(): boolean;
  release(): void;
  cancel(): void;
}

export interface Library {
  readonly Semaphore: new (value: number, cancelError?: Error) => SemaphoreLike;
  readonly Mutex: new (cancelError?: Error) => MutexLike;
  readonly E_CANCELED: Error;
  readonly E_TIMEOUT: Error;
  readonly E_ALREADY_LOCKED: Error;
  withTimeout<L extends SemaphoreLike | MutexLike>(lock: L, timeout: number, error?: Error): L;
  tryAcquire<L extends SemaphoreLike | MutexLike>(lock: L, error?: Error): L;
}

const ours: Library = { Semaphore, Mutex, E_CANCELED, E_TIMEOUT, E_ALREADY_LOCKED, withTimeout, tryAcquire };

// It is a dependency of the benchmarks, which measure it.
const requireFromBench = createRequire(new URL('../../../../../bench/package.json', import.meta.url));

export const libraries: readonly { readonly name: string; readonly library: Library }[] = [
  { name: 'ours, through the adapter', library: ours },
  { name: 'async-mutex', library: requireFromBench('async-mutex') },
];

/** Of a wait that is to be rejected: asked for at once, so that nothing is unhandled when it is looked at. */
export function reasonOf(wait: Promise<unknown>): Promise<unknown> {
  return wait.then(
    () => 'not rejected',
    (reason: unknown) => reason,
  );
}
