/** One task from its permit to its end: its time limit, its abort, and how it is told to stop. */
import { type Cancellable, cancelWhen, reasonOf } from 'eventfd/internal';
import { readCode } from './codes.js';
import type { Envelope } from './envelope.js';
import { RunTimeoutError } from './errors.js';
import type { Control, Submission } from './submission.js';

/** How a run may be ended, checked. */
export interface Ending {
  readonly signal: AbortSignal | undefined;
  readonly runTimeout: number;
  /** Undefined: in the pool's way, at once. */
  readonly grace: number | undefined;
}

/** Whether anything can end it before its time. */
export function mayEnd({ signal, runTimeout }: Ending): boolean {
  return signal !== undefined || runTimeout !== Number.POSITIVE_INFINITY;
}

/** The handler was given what only `task` knows. */
function notWrappedError(): Error {
  const message =
    'The handler was given a task with "grace", and is not wrapped by task(), which gives it its signal: export default task(handler)';
  return Object.assign(new TypeError(message), { code: 'ERR_HANDLER_NOT_WRAPPED' });
}

export class Run<R> {
  readonly #ending: Ending;
  readonly #envelope: Envelope | undefined;
  readonly #forget = new Set<() => void>();
  #submission: Submission<R> | undefined;
  #handed = false;
  #over = false;
  /** Why it was ended from here. */
  #ended: { readonly reason: unknown } | undefined;

  constructor(ending: Ending, envelope: Envelope | undefined) {
    this.#ending = ending;
    this.#envelope = envelope;
  }

  /** When what it takes is free again. */
  get released(): Promise<unknown> | undefined {
    return this.#submission?.released;
  }

  /** How it ended from here, if it did. */
  get outcome(): 'timed out' | 'aborted' | undefined {
    if (this.#ended === undefined) return undefined;
    return this.#ended.reason instanceof RunTimeoutError ? 'timed out' : 'aborted';
  }

  async result(submit: (control: Control | undefined) => Submission<R>): Promise<R> {
    const { signal } = this.#ending;
    try {
      this.#submission = submit(mayEnd(this.#ending) ? this.#control() : undefined);
      this.#when(signal, Number.POSITIVE_INFINITY, (reason) => this.#end(reason));
      const result = await this.#submission.result;
      if (this.#ended !== undefined) throw this.#ended.reason;
      if (this.#envelope !== undefined && !this.#envelope.opened) throw notWrappedError();
      return result;
    } catch (error) {
      this.#settle();
      // A pool tells of an abort, and of its own destruction, while the worker still runs.
      await this.#submission?.ended?.();
      readCode(error);
      throw this.#ended === undefined ? error : this.#ended.reason;
    } finally {
      this.#settle();
      this.#envelope?.controller[Symbol.dispose]();
    }
  }

  #control(): Control {
    const envelope = this.#envelope;
    return { handed: () => this.#onHanded(), seal: envelope && ((args) => envelope.seal(args)) };
  }

  /** The task is in a worker's hands. */
  #onHanded(): void {
    this.#handed = true;
    const { runTimeout } = this.#ending;
    this.#when(undefined, runTimeout, () => this.#end(new RunTimeoutError(runTimeout)));
  }

  /** It is told to stop where it can hear, and has `grace` for that; what waits in a queue hears nothing. */
  #end(reason: unknown): void {
    if (this.#ended !== undefined || this.#over) return;
    this.#ended = { reason };
    const { grace } = this.#ending;
    const submission = this.#submission;
    if (grace === undefined || !this.#handed) {
      submission?.kill(reason);
      return;
    }
    if (this.#envelope !== undefined) this.#envelope.controller.abort(reason);
    else submission?.ask?.(reason);
    this.#when(undefined, grace, () => submission?.kill(reason));
  }

  #when(signal: AbortSignal | undefined, timeout: number, then: (reason: unknown) => void): void {
    if (this.#over) return;
    if (signal?.aborted) {
      then(reasonOf(signal));
      return;
    }
    const wait: Cancellable = { onAbort: then, onTimeout: () => then(undefined) };
    // A call, or a worker that is gone unheard, keeps no loop alive until then.
    const forget = cancelWhen(signal, timeout, wait, true);
    if (forget !== undefined) this.#forget.add(forget);
  }

  #settle(): void {
    this.#over = true;
    for (const forget of this.#forget) forget();
    this.#forget.clear();
  }
}
