/** A worker thread that does with a lock what the test tells it, one thing after another. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { within } from './deadline.js';
import type { Waiting } from './locks.mjs';

export interface ActorOptions {
  /** Name of the adapter in the table of locks. */
  readonly adapter: string;
  readonly lock: unknown;
  readonly gauge?: { readonly memory: SharedArrayBuffer } | undefined;
  readonly resourceLimits?: ResourceLimits;
}

/** A wait's options, in a form that can be posted. */
export type Posted = Omit<Waiting, 'signal'> & { mode?: 'sync' | 'async' | undefined };

interface Answer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly code: unknown; readonly message: string };
}

export class Actor {
  readonly worker: Worker;
  /** The error that ended it, if one did. */
  error: Error | undefined;
  /** Settles to the exit code once the thread is gone and what it held given back. */
  readonly gone: Promise<number>;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  #calls = 0;

  private constructor(options: ActorOptions) {
    const { adapter, lock, gauge, resourceLimits = {} } = options;
    this.worker = new Worker(new URL('../fixtures/actor.mjs', import.meta.url), {
      workerData: { adapter, lock, gauge: gauge?.memory },
      resourceLimits,
    });
    this.worker.on('message', (answer: Answer) => this.#onAnswer(answer));
    this.worker.on('error', (error: Error) => {
      this.error = error;
    });
    this.gone = new Promise((resolve) => {
      this.worker.on('exit', (code) => {
        const died = new Error(`The worker is gone, with exit code ${code} and ${this.error}`);
        for (const { reject } of this.#pending.values()) reject(died);
        resolve(code);
      });
    });
  }

  /** Resolves once the worker runs and has attached the lock. */
  static async start(options: ActorOptions): Promise<Actor> {
    const actor = new Actor(options);
    await actor.call('attach');
    return actor;
  }

  static startMany(count: number, options: ActorOptions): Promise<Actor[]> {
    return Promise.all(Array.from({ length: count }, () => Actor.start(options)));
  }

  /** What the operation (see fixtures/actor.mjs) returns there. It never does when the worker dies of it. */
  call<T = unknown>(operation: string, ...args: unknown[]): Promise<T> {
    const call = this.#calls++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(call, { resolve, reject }));
    this.worker.postMessage({ call, operation, args });
    return within(`${operation}(${args.map((each) => JSON.stringify(each))})`, answer) as Promise<T>;
  }

  /** The same for what the worker does not answer, because it dies or blocks. */
  tell(operation: string, ...args: unknown[]): void {
    this.worker.postMessage({ call: -1, operation, args });
  }

  /** Waits and keeps what it gets under `name`. Answers with the count of entries before, by the gauge. */
  acquire(name: string, waiting: Posted = {}): Promise<number> {
    return this.call('acquire', name, waiting);
  }

  release(name: string): Promise<void> {
    return this.call('release', name);
  }

  async terminate(): Promise<void> {
    await within('terminate()', this.worker.terminate());
  }

  #onAnswer({ call, value, error }: Answer): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(Object.assign(new Error(error.message), error));
  }
}
