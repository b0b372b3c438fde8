/** A worker thread of a fixture, and all that it has posted. */
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';

export class Thread {
  readonly worker: Worker;
  readonly said: Record<string, unknown>[] = [];

  constructor(fixture: string, workerData: unknown) {
    this.worker = new Worker(new URL(`../fixtures/${fixture}`, import.meta.url), { workerData });
    this.worker.on('message', (message) => this.said.push(message));
    this.worker.on('error', (error) => this.said.push({ error }));
    onTestFinished(async () => {
      await this.worker.terminate();
    });
  }

  /** The first message that has this; it is forgotten. */
  async says<T>(what: string): Promise<T> {
    await until(`a thread says "${what}"`, () => this.said.some((each) => what in each), this.said);
    const [found] = this.said.splice(
      this.said.findIndex((each) => what in each),
      1,
    );
    return found?.[what] as T;
  }
}
