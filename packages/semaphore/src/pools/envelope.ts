/**
 * A task on its way to a handler that `task` has wrapped, along with the signal that tells it to stop. Both sides know the
 * envelope by its one property, whichever copy of this package they are of.
 */
import { native } from 'eventfd/internal';
import { SharedAbortController, type SharedAbortHandle } from '../shared-abort.js';

const MARK = `eventfd.task.${native.addonId}`;

interface Contents {
  /** The handler's arguments. */
  readonly args: readonly unknown[];
  readonly abort: SharedAbortHandle;
  readonly opened: Int32Array;
}

/** On the pool's side. */
export class Envelope {
  readonly controller = new SharedAbortController();
  readonly #opened = new Int32Array(new SharedArrayBuffer(4));

  /** What is posted in place of the handler's arguments. */
  seal(args: readonly unknown[]): unknown {
    return { [MARK]: { args, abort: this.controller.handle, opened: this.#opened } satisfies Contents };
  }

  /** Whether `task` has opened it: else the handler was given an object that it does not know. */
  get opened(): boolean {
    return Atomics.load(this.#opened, 0) !== 0;
  }
}

/** In the worker: what it is given, if that is an envelope. */
export function open(given: unknown): { args: readonly unknown[]; controller: SharedAbortController } | undefined {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, MARK)) return undefined;
  const { args, abort, opened } = (given as Record<string, Contents>)[MARK] as Contents;
  const controller = SharedAbortController.from(abort);
  Atomics.store(opened, 0, 1);
  return { args, controller };
}
