/** What a lock is, for workers that all want it. */
import type { MessagePort } from 'node:worker_threads';

/** A semaphore, by its number of permits, or one of these. */
export type Kind = 'mutex' | 'rwlock' | number;

/** Runs `section` while it holds the lock; with others that read, where the lock knows readers. */
export type Enter = (section: () => void, reads: boolean) => void | Promise<void>;

export interface Lock {
  /** On the main thread, once: what each worker needs. `payload` may be called once for each. */
  open(): Promise<() => { payload: unknown; transfer?: MessagePort[] }>;
  /** On a worker. */
  attach(payload: unknown): Promise<Enter>;
}

/**
 * For waits that do not keep their loop alive: the worker would end in the middle of one. The process of a run ends by
 * process.exit(), so nobody need stop it.
 */
export function keepAlive(): void {
  setInterval(() => {}, 1e6);
}

export const same = (payload: unknown) => () => ({ payload });

/** Why some cannot take part in some cases. */
export const ASYNC_ONLY = 'asynchronous only';
export const ONE_THREAD = 'one thread only: it cannot be posted to a worker';
export const NO_PERMITS = 'exclusive, or shared by all: it has no number of permits';
export const NO_READERS = 'exclusive, or a number of permits: it tells no readers from writers';
export const NO_WAKE_UPS = 'a lock carries no wake-ups that add up';
export const BLOCKING_ONLY =
  'blocking only: an asynchronous call of koffi takes a thread of the pool for as long as it waits';

export const WEB_LOCKS_SINCE = [24, 5] as const;
/** Promise.withResolvers. */
export const MORTICE_SINCE = [22, 0] as const;
/** It reads `navigator`. */
export const MULTITHREADING_SINCE = [21, 0] as const;

interface LockManager {
  request(name: string, callback: () => unknown): Promise<unknown>;
  request(name: string, options: { mode: 'shared' | 'exclusive' }, callback: () => unknown): Promise<unknown>;
}

/** Node's types for 20 do not know it. */
export const webLocks = (): LockManager =>
  (globalThis as unknown as { navigator: { locks: LockManager } }).navigator.locks;
