/** A worker that stops at a point of the code, to be ended there; see fixtures/victim.mjs and native/core/points.h. */
import { closeSync } from 'node:fs';
import { inspect as format } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inspect } from '@eventfd/semaphore';
import { EFD_CLOEXEC, EventFd, eventfd, eventfdWrite } from 'eventfd';
import { within } from './deadline.js';
import type { Subject } from './subjects.mjs';

/** For a message: every object of the process, as it is when the message is made. */
export const everything = { [format.custom]: () => inspect() };

export class Victim {
  readonly worker: Worker;
  readonly #gone: Promise<void>;
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #reached = new EventFd(0);
  /** Blocking: the thread that stands at a point sleeps in a read of it. */
  readonly #go = eventfd(0, EFD_CLOEXEC);
  #standing = false;

  private constructor(subject: string, object: Subject) {
    this.worker = new Worker(new URL('../fixtures/victim.mjs', import.meta.url), {
      workerData: { subject, object, words: this.#words, reached: this.#reached.fd, go: this.#go },
    });
    // Some throw on purpose.
    this.worker.on('error', () => {});
    const exit = new Promise((resolve) => this.worker.once('exit', resolve));
    this.#gone = exit.then(() => {
      this.#reached.close();
      closeSync(this.#go);
    });
  }

  /** Whether what it began to wait for has come, and its JavaScript knows. */
  get hasPassed(): boolean {
    return Atomics.load(this.#words, 1) === 1;
  }

  /** Resolves once it runs, and has attached the object unless `attach` is false: then the first operation does. */
  static async start(subject: string, object: Subject, { attach = true } = {}): Promise<Victim> {
    const victim = new Victim(subject, object);
    await victim.do(attach ? 'attach' : 'ready');
    return victim;
  }

  /** Does one of the fixture's operations there, to its end. */
  async do(operation: string, ...args: unknown[]): Promise<void> {
    const answer = this.#answer();
    this.worker.postMessage({ operation, args });
    await within(operation, answer, everything);
  }

  /** Begins an operation. What it returns resolves once the thread stands at the point. */
  async stopAt(point: string, operation: string, ...args: unknown[]): Promise<void> {
    const answered = this.#answer().then(() => {
      throw new Error(`${operation} does not come to the point "${point}"`);
    });
    this.worker.postMessage({ operation, args, point });
    await this.#stands(point, answered);
  }

  /** Does an operation there, after which the thread will stop at the point when it comes to it; see `stands`. */
  async arm(point: string, operation: string, ...args: unknown[]): Promise<void> {
    const answer = this.#answer();
    this.worker.postMessage({ operation, args, point });
    await within(operation, answer, everything);
    this.#words[0] = 0;
  }

  /** Resolves once it stands at the point that it was armed for. */
  stands(point: string): Promise<void> {
    const ended = this.#gone.then(() => {
      throw new Error(`It ended, and did not come to the point "${point}"`);
    });
    return this.#stands(point, ended);
  }

  /** Has the thread end, by an operation or by `terminate`, and stop at the point on the way. */
  async stopAtEnd(point: string, way: string): Promise<void> {
    if (way === 'terminate') {
      await this.arm(point, 'ready');
      void this.worker.terminate();
    } else {
      this.worker.postMessage({ operation: way, args: [], point });
    }
    await this.stands(point);
  }

  /** Resolves once the thread is gone, however it ended. */
  gone(): Promise<void> {
    return within('the end of the worker', this.#gone, everything);
  }

  /** Lets it go on from its point. */
  letGo(): void {
    this.#standing = false;
    eventfdWrite(this.#go, 1n);
  }

  /** Has its termination under way, then lets it go on. Throws if its operation came to an end all the same. */
  async kill(): Promise<void> {
    const stood = this.#standing;
    void this.worker.terminate();
    if (stood) this.letGo();
    await this.gone();
    if (stood && this.#words[0] !== 0) throw new Error('The operation ended in spite of the termination');
  }

  /** For the end of a test, whatever became of it. */
  async end(): Promise<void> {
    void this.worker.terminate();
    if (this.#standing) this.letGo();
    await this.gone();
  }

  async #stands(point: string, otherwise: Promise<never>): Promise<void> {
    this.#standing = true;
    await within(`the point "${point}"`, Promise.race([this.#reached.read({ ref: false }), otherwise]), everything);
  }

  #answer(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('The worker is gone'));
      this.worker.once('exit', onExit);
      this.worker.once('message', ({ operation, error }: { operation: string; error?: string }) => {
        this.worker.off('exit', onExit);
        if (error === undefined) resolve();
        else reject(new Error(`${operation}: ${error}`));
      });
    });
  }
}
