/** This thread's side of its keeper: started with the first lease, ended after the last. */
import type { Worker } from 'node:worker_threads';
import { LeaseClosedError } from '../errors.js';
import { tellError, untell } from '../secrets.js';
import { startKeeper } from '../start-keeper.js';
import { type Call, errorOf, type FromKeeper, type News, type Open, type Request } from './messages.js';

/** A lease, as its keeper knows it. */
export interface Kept {
  onNews(news: News): void;
  /** The keeper has ended: nobody renews the lease any more. */
  onEnd(why: Error): void;
}

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class Host {
  readonly #worker: Worker;
  readonly #leases = new Map<number, Kept>();
  readonly #calls = new Map<number, Pending>();

  constructor() {
    this.#worker = startKeeper();
    this.#worker.on('message', (message: FromKeeper) => this.#hear(message));
    this.#worker.on('error', (error) =>
      this.#end(new LeaseClosedError('The keeper of this thread has failed', { cause: untell(tellError(error, [])) })),
    );
    this.#worker.on('exit', () => this.#end(new LeaseClosedError('The keeper of this thread has ended')));
  }

  async open(lease: number, request: Open, kept: Kept): Promise<void> {
    this.#leases.set(lease, kept);
    try {
      await this.call(request);
    } catch (error) {
      this.forget(lease);
      throw error;
    }
  }

  /** The process stays alive for a call, and not for a lease. */
  call(request: Request): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = nextNumber++;
      this.#calls.set(call, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ call, request } satisfies Call);
    });
  }

  /** A lease has ended, and whoever has it was told. */
  forget(lease: number): void {
    this.#leases.delete(lease);
    if (this.#leases.size > 0) {
      this.#worker.postMessage({ call: nextNumber++, request: { forget: lease } } satisfies Call);
      return;
    }
    if (host === this) host = undefined;
    void this.#worker.terminate();
  }

  #hear(message: FromKeeper): void {
    if ('lease' in message) {
      this.#leases.get(message.lease)?.onNews(message.news);
      return;
    }
    const pending = this.#calls.get(message.done);
    this.#calls.delete(message.done);
    if (this.#calls.size === 0) this.#worker.unref();
    if (message.failure === undefined) pending?.resolve();
    else pending?.reject(errorOf(message.failure));
  }

  #end(why: Error): void {
    if (host === this) host = undefined;
    for (const kept of this.#leases.values()) kept.onEnd(why);
    this.#leases.clear();
    for (const { reject } of this.#calls.values()) reject(why);
    this.#calls.clear();
  }
}

let host: Host | undefined;
let nextNumber = 1;
const engines = new WeakMap<object, number>();

export type { Host };

/** This thread's keeper. */
export function hostOfThread(): Host {
  host ??= new Host();
  return host;
}

export function newNumber(): number {
  return nextNumber++;
}

export function numberOfEngine(source: object): number {
  const number = engines.get(source) ?? nextNumber++;
  engines.set(source, number);
  return number;
}
