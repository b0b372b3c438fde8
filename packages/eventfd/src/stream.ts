/** What EventFd and Signal are iterated by: values as they come, for `for await`. */
import { throwIfAborted } from './abort.js';
import type { Cancellable } from './cancel.js';
import { native } from './native.js';
import { loopTurn } from './turns.js';
import type { CheckedWait } from './validate.js';

/** How to iterate. */
export interface StreamOptions {
  /** Ends the stream when it aborts: who waits for the next value, or else asks for it first, gets `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** Whether waiting for the next value keeps this thread's event loop alive; as for a single wait by default. */
  ref?: boolean | undefined;
}

export interface Source<T> {
  /** Whether there will be nothing any more. */
  ended(): boolean;
  /** Takes what is there; undefined when there is nothing. */
  take(): T | undefined;
  /** Waits for it; `queued` is called if that cannot be had at once, before this returns. */
  wait(options: CheckedWait, queued: (waiting: Cancellable) => void): Promise<T>;
}

/** What a wait that is wanted no more rejects with. */
const UNWANTED = Symbol('unwanted');

function end(): IteratorReturnResult<void> {
  return { done: true, value: undefined };
}

/**
 * Takes a value for each `next()`, in the order of the calls, and nothing ahead of them.
 *
 * An async generator could not end while it waits: its `return()` comes after the `next()` that waits. Here it ends that one.
 */
export class Stream<T> implements AsyncGenerator<T, void, undefined> {
  readonly #source: Source<T>;
  readonly #options: CheckedWait;
  /** The next() that waits in a queue. */
  #waiting: Cancellable | undefined;
  /** Settles with the last next() that was called. */
  #last: Promise<unknown> | undefined;
  #over = false;

  constructor(source: Source<T>, { signal, ref }: Pick<CheckedWait, 'signal' | 'ref'>) {
    this.#source = source;
    this.#options = { signal, ref, timeout: Number.POSITIVE_INFINITY };
  }

  next(): Promise<IteratorResult<T, void>> {
    const before = this.#last;
    const result = before === undefined ? this.#step() : before.then(() => this.#step());
    const forget = () => {
      if (this.#last === last) this.#last = undefined;
    };
    const last = result.then(forget, forget);
    this.#last = last;
    return result;
  }

  async return(value?: void | PromiseLike<void>): Promise<IteratorResult<T, void>> {
    this.#end();
    await this.#last;
    return { done: true, value: await value };
  }

  async throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#end();
    await this.#last;
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** The next() that waits leaves its queue, and has taken nothing. What was granted and not told of yet goes back. */
  #end(): void {
    this.#over = true;
    this.#waiting?.onAbort(UNWANTED);
  }

  async #step(): Promise<IteratorResult<T, void>> {
    try {
      // A producer that is never idle, or the stream's own consumer, would keep the loop from turning.
      if (native.isTurnDue()) await loopTurn();
      if (this.#over || this.#source.ended()) {
        this.#over = true;
        return end();
      }
      throwIfAborted(this.#options.signal);
      return { done: false, value: this.#source.take() ?? (await this.#wait()) };
    } catch (error) {
      if (error === UNWANTED) return end();
      const closed = this.#source.ended() && !this.#options.signal?.aborted;
      this.#over = true;
      if (closed) return end();
      throw error;
    }
  }

  async #wait(): Promise<T> {
    try {
      return await this.#source.wait(this.#options, (waiting) => {
        this.#waiting = waiting;
      });
    } finally {
      this.#waiting = undefined;
    }
  }
}
