import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A worker that has attached an EventFd and calls methods on demand; see fixtures/peer.mjs. */
export class Peer {
  readonly worker: Worker;
  readonly exited: Promise<number>;

  static async start(efd: unknown): Promise<Peer> {
    const peer = new Peer(efd);
    await peer.#next();
    return peer;
  }

  private constructor(efd: unknown) {
    this.worker = new Worker(new URL('../fixtures/peer.mjs', import.meta.url), { workerData: { efd } });
    this.exited = once(this.worker, 'exit').then(([code]) => code);
  }

  /** Calls a method of the worker's EventFd, or a function of the fixture. Rejects with what it throws. */
  async call(method: string, ...args: unknown[]): Promise<unknown> {
    await this.begin(method, ...args);
    return this.result();
  }

  /** Resolves when the worker is about to make the call. */
  async begin(method: string, ...args: unknown[]): Promise<void> {
    this.worker.postMessage({ method, args });
    await this.#next();
  }

  async result(): Promise<unknown> {
    const { error, value } = await this.#next();
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return value;
  }

  async #next() {
    const [message] = await once(this.worker, 'message');
    return message;
  }
}
