/** A worker thread that calls the methods of one shared object, as the test tells it; see fixtures/peer.mjs. */
import { Worker } from 'node:worker_threads';
import { within } from './deadline.js';

interface Answer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly code: unknown; readonly message: string };
}

export class Peer {
  readonly worker: Worker;
  /** Eight words for whatever the test wants to count; they outlive the worker. */
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Settles to the exit code, once the thread is gone and its part in the object ended. */
  readonly gone: Promise<number>;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  #calls = 0;

  private constructor(object: unknown, words: Int32Array<SharedArrayBuffer>) {
    this.words = words;
    this.worker = new Worker(new URL('../fixtures/peer.mjs', import.meta.url), { workerData: { object, words } });
    let error: unknown;
    this.worker.on('error', (thrown) => {
      error = thrown;
    });
    this.worker.on('message', (answer: Answer) => this.#onAnswer(answer));
    this.gone = new Promise((resolve) => {
      this.worker.on('exit', (code) => {
        const died = new Error(`The worker is gone, with exit code ${code} and ${error}`);
        for (const { reject } of this.#pending.values()) reject(died);
        resolve(code);
      });
    });
  }

  /** Resolves once the worker runs and has attached the object. */
  static async start(object: unknown, words = new Int32Array(new SharedArrayBuffer(32))): Promise<Peer> {
    const peer = new Peer(object, words);
    await peer.do('ready');
    return peer;
  }

  static startMany(count: number, object: unknown, words?: Int32Array<SharedArrayBuffer>): Promise<Peer[]> {
    return Promise.all(Array.from({ length: count }, () => Peer.start(object, words)));
  }

  /** Calls a method of the object there; what it returns or resolves to. */
  call<T = unknown>(method: string, ...args: unknown[]): Promise<T> {
    return this.do('call', method, ...args);
  }

  /** Reads a property of the object there. */
  get<T = unknown>(property: string): Promise<T> {
    return this.do('get', property);
  }

  /** Does one of the fixture's operations there. It never resolves when the worker dies of it. */
  do<T = unknown>(operation: string, ...args: unknown[]): Promise<T> {
    const call = this.#calls++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(call, { resolve, reject }));
    this.worker.postMessage({ call, operation, args });
    return within(`${operation}(${args.map((each) => JSON.stringify(each))})`, answer) as Promise<T>;
  }

  /** The same for what the worker does not answer, because it blocks or dies. */
  tell(operation: string, ...args: unknown[]): void {
    this.worker.postMessage({ call: -1, operation, args });
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
