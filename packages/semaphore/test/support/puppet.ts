/**
 * A worker thread that runs the functions a test gives it, as a page does for a browser's test driver: the function
 * travels as text, so it may use its arguments alone. The first is the stage: the shared objects, attached there, and
 * what the thread keeps from one call to the next.
 */
import { once } from 'node:events';
import { type MessagePort, Worker } from 'node:worker_threads';
import type * as kit from '@eventfd/semaphore';
import { within } from './deadline.js';

export interface Kit {
  readonly kit: Pick<typeof kit, 'Condition' | 'DeadlockError' | 'Mutex' | 'RwLock' | 'Semaphore'>;
  readonly threadId: number;
  /** Closing it lets the thread return. */
  readonly port: MessagePort;
  /** Shared by all threads of the test. */
  readonly words: Int32Array;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test keeps in its worker
  readonly kept: Map<string, any>;
}

type Play<Objects, Args extends unknown[], T> = (stage: Objects & Kit, ...args: Args) => T | PromiseLike<T>;

interface Answer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: {
    readonly name: string;
    readonly code: unknown;
    readonly message: string;
    readonly cycle?: unknown;
  };
}

export class Puppet<Objects extends object> {
  readonly worker: Worker;
  /** Settles to the exit code once the thread is gone and what it held given back. */
  readonly gone: Promise<number>;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  #calls = 0;

  private constructor(objects: Objects, words: SharedArrayBuffer) {
    const options = { workerData: { objects, words } };
    this.worker = new Worker(new URL('../fixtures/puppet.mjs', import.meta.url), options);
    this.worker.on('message', (answer: Answer) => this.#onAnswer(answer));
    let error: unknown;
    this.worker.on('error', (reason) => {
      error = reason;
    });
    this.gone = new Promise((resolve) => {
      this.worker.on('exit', (code) => {
        for (const { reject } of this.#pending.values()) reject(new Error(`The worker is gone: ${code}, ${error}`));
        resolve(code);
      });
    });
  }

  /** Resolves once the worker has attached `objects`, shared objects by name. */
  static async start<O extends object>(objects: O, words = new SharedArrayBuffer(4)): Promise<Puppet<O>> {
    const puppet = new Puppet(objects, words);
    await within('the start of a worker', Promise.race([once(puppet.worker, 'message'), puppet.#failed()]));
    return puppet;
  }

  /** So many, which share `words`. */
  static startMany<O extends object>(
    count: number,
    objects: O,
    words = new SharedArrayBuffer(4),
  ): Promise<Puppet<O>[]> {
    return Promise.all(Array.from({ length: count }, () => Puppet.start(objects, words)));
  }

  get id(): number {
    return this.worker.threadId;
  }

  /** What `fn` returns there, or its promise settles to. It rejects when the worker dies of it. */
  run<T, Args extends unknown[]>(fn: Play<Objects, Args, T>, ...args: Args): Promise<T> {
    const call = this.#calls++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(call, { resolve, reject }));
    this.worker.postMessage({ call, source: fn.toString(), args });
    return within(`${fn}`, answer) as Promise<T>;
  }

  /** The same for what is never answered, because the worker dies or blocks. */
  tell<Args extends unknown[]>(fn: Play<Objects, Args, unknown>, ...args: Args): void {
    this.worker.postMessage({ call: -1, source: fn.toString(), args });
  }

  async terminate(): Promise<void> {
    await within('terminate()', this.worker.terminate());
  }

  async #failed(): Promise<never> {
    throw new Error(`The worker ended with ${await this.gone}`);
  }

  #onAnswer({ call, value, error }: Answer): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(Object.assign(new Error(error.message), error));
  }
}
