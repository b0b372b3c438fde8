/**
 * What the threads of one trace share.
 *
 * The file is an array of JSON objects, one a line, of which every thread appends its own by write(2), which O_APPEND
 * keeps apart; what a worker had to say is in the file before it can be killed. Chrome's trace-event format allows the
 * array's end to be missing, so the file can be looked at while the program runs, and after a crash.
 *
 * In memory there is a word for each thread, since the end of a killed worker is for its parent to write down:
 *
 *     bits 0-29   that line of the thread has a slice under way, which ends when the thread does
 *     bit  30     the thread takes part in the trace
 *     bit  31     the thread is writing
 *
 * and one that says that the trace has stopped. That one and bit 31 are both sequentially consistent: a thread sets its
 * bit (A) and then looks whether the trace has stopped (B); who stops the trace says so (C, matches B) and then waits
 * while bits are set (D, matches A). So nothing is written after the array's end.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { native } from 'eventfd/internal';

/** Lines that one thread may have in the picture. */
export const LINES = 30;
const TAKES_PART = 1 << 30;
const WRITING = 1 << 31;

const THREADS = 2 ** 16;
const STOPPED = THREADS;

/** Published to the workers that are started while the trace is under way. */
interface Published {
  readonly file: string;
  /** When it began, by the addon's clock. */
  readonly epoch: number;
  readonly words: Int32Array;
}

const KEY = 'eventfd.trace';

export class SharedTrace {
  readonly file: string;
  readonly epoch: number;
  readonly #words: Int32Array;

  private constructor({ file, epoch, words }: Published) {
    this.file = file;
    this.epoch = epoch;
    this.#words = words;
  }

  /** The one that this thread's parent takes part in. */
  static published(): SharedTrace | undefined {
    const published = getEnvironmentData(KEY) as unknown as Published | undefined;
    return published && new SharedTrace(published);
  }

  static publish(file: string): SharedTrace {
    const words = new Int32Array(new SharedArrayBuffer(4 * (THREADS + 1)));
    const published: Published = { file, epoch: native.now(), words };
    setEnvironmentData(KEY, published as never);
    return new SharedTrace(published);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOPPED) !== 0;
  }

  /** Microseconds since the trace began. */
  now(): number {
    return (native.now() - this.epoch) * 1e3;
  }

  /** A thread takes part from now on. False for the 65,536th: there is no word for it. */
  enter(thread: number): boolean {
    if (thread >= THREADS) return false;
    Atomics.or(this.#words, thread, TAKES_PART);
    return true;
  }

  /** Writes, unless the trace has stopped; whether it has not. */
  whileRunning(thread: number, write: () => void): boolean {
    Atomics.or(this.#words, thread, WRITING); // A
    try {
      if (this.stopped) return false; // B
      write();
      return true;
    } finally {
      Atomics.and(this.#words, thread, ~WRITING);
    }
  }

  noteOpen(thread: number, line: number): void {
    Atomics.or(this.#words, thread, 1 << line);
  }

  noteClosed(thread: number, line: number): void {
    Atomics.and(this.#words, thread, ~(1 << line));
  }

  /** A thread has ended: the lines on which it had a slice under way; `undefined` when it took no part. */
  leave(thread: number): number[] | undefined {
    const word = Atomics.exchange(this.#words, thread, 0);
    if ((word & TAKES_PART) === 0) return undefined;
    return Array.from({ length: LINES }, (_, line) => line).filter((line) => (word & (1 << line)) !== 0);
  }

  /** The slices that are under way, by thread and line: for the end of the trace, when nobody writes any more. */
  *open(): Generator<readonly [thread: number, line: number]> {
    for (let thread = 0; thread < THREADS; thread++) {
      const word = Atomics.load(this.#words, thread);
      if ((word & TAKES_PART) === 0) continue;
      for (let line = 0; line < LINES; line++) if ((word & (1 << line)) !== 0) yield [thread, line];
    }
  }

  /** Stops the trace on every thread. False when one may still be writing: it was killed there, and not missed yet. */
  stop(): boolean {
    if (getEnvironmentData(KEY) !== undefined) setEnvironmentData(KEY, undefined as never);
    Atomics.store(this.#words, STOPPED, 1); // C
    const deadline = native.now() + 1000;
    for (let thread = 0; thread < THREADS; thread++) {
      let word = Atomics.load(this.#words, thread); // D
      while ((word & WRITING) !== 0) {
        if (native.now() > deadline) return false;
        // Nobody notifies: this is a millisecond's rest.
        Atomics.wait(this.#words, thread, word, 1);
        word = Atomics.load(this.#words, thread);
      }
    }
    return true;
  }
}
