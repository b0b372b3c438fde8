/** A thread that has part in SharedAbortControllers; see fixtures/shared-abort.mjs. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { within } from './deadline.js';

export class Aborter {
  readonly worker = new Worker(new URL('../fixtures/shared-abort.mjs', import.meta.url));

  /** Begins what is told; resolves to what comes first, which is what it says of having begun, or its result. */
  async begin(operation: string, ...args: unknown[]): Promise<unknown> {
    this.worker.postMessage([operation, ...args]);
    return this.next();
  }

  /** The next that it says. */
  async next(): Promise<unknown> {
    const [message] = await within('what the worker says', once(this.worker, 'message'));
    return (message as { result?: unknown }).result ?? message;
  }

  async terminate(): Promise<void> {
    await within('terminate()', this.worker.terminate());
  }
}
