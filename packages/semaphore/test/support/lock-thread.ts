/** A worker thread that requests Web Locks: it runs the functions that a test gives it, which travel as text. */
import { Worker } from 'node:worker_threads';
import type { Mutex } from '@eventfd/semaphore';
import type { LockManager, LockOptions } from '@eventfd/semaphore/web-locks';
import { onTestFinished } from 'vitest';
import { within } from './deadline.js';

interface Stage {
  readonly locks: LockManager;
  readonly Mutex: typeof Mutex;
  readonly threadId: number;
  readonly port: { close(): void };
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test keeps in its worker
  readonly kept: Map<string, any>;
  /** Resolves once the lock is held, which it is until `kept.get(name)()`; its promise is `lost ${name}`. */
  hold(name: string, options?: LockOptions): Promise<void>;
}

export class LockThread {
  readonly worker = new Worker(new URL('../fixtures/web-locks.mjs', import.meta.url));
  /** Settles to the exit code. */
  readonly gone = new Promise<number>((resolve) => this.worker.once('exit', resolve));
  readonly #calls = new Map<number, (answer: { value?: unknown; error?: string }) => void>();
  #called = 0;

  private constructor() {
    this.worker.on('message', ({ call, ...answer }) => this.#calls.get(call)?.(answer));
    // Some throw on purpose.
    this.worker.on('error', () => {});
  }

  static async start(): Promise<LockThread> {
    const thread = new LockThread();
    onTestFinished(async () => void (await thread.worker.terminate()));
    await within('the start of a worker', new Promise((resolve) => thread.#calls.set(-1, resolve)));
    return thread;
  }

  get clientId(): string {
    return `node-${process.pid}-${this.worker.threadId}`;
  }

  /** What the function returns there, or its promise settles to. */
  async run<T, A extends unknown[]>(play: (stage: Stage, ...args: A) => T, ...args: A): Promise<Awaited<T>> {
    const call = this.#called++;
    const answer = new Promise<{ value?: unknown; error?: string }>((resolve) => this.#calls.set(call, resolve));
    this.worker.postMessage({ call, source: play.toString(), args });
    const { value, error } = await within(play.toString(), answer);
    if (error !== undefined) throw new Error(error);
    return value as Awaited<T>;
  }

  /** The same, of what is not answered: it ends the thread. */
  tell(play: (stage: Stage) => unknown): void {
    this.worker.postMessage({ call: -2, source: play.toString(), args: [] });
  }
}
