/** The class EventFd: checks and shapes the API. What it stands on is in attachment.ts, wait-queue.ts and block.ts. */
import { inspect } from 'node:util';
import { throwIfAborted } from './abort.js';
import { isSemaphore, setNonBlocking, targetOf } from './adopt.js';
import { Attachment } from './attachment.js';
import { block, type Sleep, sleepUntilReadable } from './block.js';
import { ClosedError } from './errors.js';
import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } from './eventfd.js';
import { damagedHandle, type EventFdHandle, makeHandle, requireHandle, staleHandle } from './handle.js';
import { READERS, readable } from './select.js';
import { Stream, type StreamOptions } from './stream.js';
import { isTurnDue, loopTurn } from './turns.js';
import {
  invalidArgValue,
  requireBoolean,
  requireInteger,
  requireOptions,
  requireString,
  requireSyncWait,
  requireUnsigned,
  requireWait,
  type SyncWaitOptions,
  type WaitOptions,
} from './validate.js';
import { type Place, type WaitQueue, waitAt } from './wait-queue.js';

/** How to make an `EventFd`. */
export interface EventFdOptions {
  /** A read takes 1 instead of all there is; false by default. */
  semaphore?: boolean | undefined;
  /** Programs that a child process executes get the descriptor under the same number; false by default. */
  inheritable?: boolean | undefined;
  /** Shown by `inspect()` and in errors. */
  name?: string | undefined;
}

/** How to take a descriptor over. */
export interface AdoptOptions {
  /** Whether it was made with `EFD_SEMAPHORE`, for kernels before Linux 6.5, which do not tell; false by default. */
  semaphore?: boolean | undefined;
  /** Shown by `inspect()` and in errors. */
  name?: string | undefined;
}

/** What can be attached by `EventFd.from`: an instance, its handle, or what arrived when either was posted. */
export type EventFdSource = EventFd | EventFdHandle | { readonly handle: EventFdHandle };

const MAX_INITVAL = 2n ** 32n - 1n;
const MAX_VALUE = 2n ** 64n - 2n;
const MAX_FD = 2 ** 31 - 1;

/** Lets go of what an object that was never closed still holds. */
const collected = new FinalizationRegistry<Attachment>((attachment) => attachment.release());

/**
 * A counter in the kernel, eventfd(2), shared by threads and, as a descriptor, with other processes. A write adds to it; a
 * read waits until it is above 0, returns it and sets it to 0. Made with `semaphore: true`, a read takes 1 and returns `1n`.
 *
 * Each thread has objects of its own. An instance can be posted as it is (`workerData`, `postMessage`, `setEnvironmentData`);
 * `EventFd.from(what arrived)` attaches the receiving thread. The descriptor is closed when the last thread lets go: by
 * `close()`, by the garbage collection of its last object, or by ending in any way. One that is still in a message does not
 * count, so the sender should keep its object until the receiver has attached.
 *
 * Waits. `try...` does not wait, `...Sync` blocks the thread, the rest return promises and leave the event loop free.
 * Blocked threads can still be terminated, within 100 ms. Cancelled by its timeout or signal, a wait has read and written
 * nothing and leaves nothing behind. The asynchronous waits of one thread are served in their order, but a `try...` or
 * `...Sync` may overtake them; among threads there is no order, and a reader that loses the race waits on.
 *
 * Every use of a closed object throws (or rejects with) a `ClosedError`, `ERR_EVENTFD_CLOSED`.
 */
export class EventFd {
  /** What is copied when the object is posted: its only own enumerable property. */
  declare readonly handle: EventFdHandle;
  readonly #semaphore: boolean;
  readonly #name: string | undefined;
  readonly #label: string;
  #attachment: Attachment | undefined;
  #ref = true;

  /**
   * Makes an eventfd. The descriptor is non-blocking underneath.
   *
   * @param initval what the counter starts from, 0 to 2 ** 32 - 1
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   * @throws {Error} `EMFILE`, `ENFILE`, `ENOMEM`
   */
  constructor(initval: number | bigint = 0, options: EventFdOptions = {}) {
    const given = Attachment.is(initval) ? initval : undefined;
    requireOptions(options);
    const name = requireName(options.name);
    const attachment = given ?? open(initval, options);
    this.#attachment = attachment;
    this.#semaphore = attachment.semaphore;
    this.#name = name;
    this.#label = name === undefined ? `EventFd ${attachment.fd}` : `EventFd ${JSON.stringify(name)}`;
    Object.defineProperty(this, 'handle', { enumerable: true, value: makeHandle(attachment, name) });
    collected.register(this, attachment, this);
  }

  /**
   * Attaches this thread to an eventfd of this process. Each call gives an object of its own, to be closed on its own.
   *
   * @throws {InvalidHandleError} `ERR_INVALID_HANDLE`, saying what was found: something else, a handle of another process or
   * of another copy of the addon, one whose eventfd every thread has let go of
   */
  static from(source: EventFdSource): EventFd {
    const handle = requireHandle(source);
    const attachment = Attachment.to(handle.id);
    if (attachment === undefined) throw staleHandle(handle);
    if (attachment.fd !== handle.fd || attachment.semaphore !== handle.semaphore) {
      attachment.release();
      throw damagedHandle(handle, attachment);
    }
    return EventFd.#of(attachment, handle.name);
  }

  /**
   * Takes over a descriptor that this process inherited or was given; from now on it is closed by `close()` and not by
   * anybody else. Sets `O_NONBLOCK`, which every process and every duplicate that shares the descriptor then sees too.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_ARG_VALUE` when it is not an eventfd, or taken over already
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   * @throws {Error} `EBADF` when it is not open
   */
  static adopt(fd: number, options: AdoptOptions = {}): EventFd {
    requireInteger('fd', fd, 0, MAX_FD);
    requireOptions(options);
    const { semaphore = false } = options;
    requireBoolean('options.semaphore', semaphore);
    const name = requireName(options.name);
    const target = targetOf(fd);
    if (target !== 'anon_inode:[eventfd]') throw invalidArgValue('fd', `is not an eventfd but ${target}`, fd);
    setNonBlocking(fd);
    const attachment = Attachment.adopt(fd, isSemaphore(fd) ?? semaphore);
    if (attachment === undefined) throw invalidArgValue('fd', 'is the descriptor of an EventFd already', fd);
    return EventFd.#of(attachment, name);
  }

  /**
   * Blocks the thread until at least one of several can be read, and returns all that can, in the order of the list. Reads
   * nothing: another thread may be faster, so follow with `tryRead()`.
   *
   * @param list at least one
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_ARG_VALUE` when the list is empty
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   * @throws {TimeoutError} `ERR_TIMEOUT`
   * @throws {ClosedError} `ERR_EVENTFD_CLOSED` when one of them is closed
   */
  static select(list: readonly EventFd[], options: SyncWaitOptions = {}): EventFd[] {
    const wait = requireSyncWait(options);
    const { fds, attempt } = readable(list);
    return block(attempt, sleepUntilReadable(fds), wait, 'A select');
  }

  /**
   * `select` as a promise. It keeps the event loop alive, unless `ref: false`, or by default unless all of the list are
   * unref'd. Those who wait to read before it are served before it.
   *
   * @throws as `select`, and `signal.reason`
   * @throws {ClosedError} `ERR_EVENTFD_CLOSED` also when one of them is closed meanwhile
   */
  static async selectAsync(list: readonly EventFd[], options: WaitOptions = {}): Promise<EventFd[]> {
    const wait = requireWait(options);
    const { places, attempt } = readable(list);
    throwIfAborted(wait.signal);
    return attempt() ?? waitAt(places, { ...wait, attempt, what: 'A select' });
  }

  /**
   * The descriptor. It can be used with `fs.readSync` and `fs.writeSync` (exactly 8 bytes in the machine's order,
   * `position: null`; `EAGAIN` where it would wait) and be passed to a child process in `stdio`. Do not close it.
   */
  get fd(): number {
    return this.#attached().fd;
  }

  /** Whether a read takes 1 instead of all there is. */
  get semaphore(): boolean {
    return this.#semaphore;
  }

  /** Whether this object was closed; others for the same descriptor may be open. */
  get closed(): boolean {
    return this.#attachment === undefined;
  }

  /** The name it was made with; it travels with the handle. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Reads without waiting; undefined when the counter is 0. */
  tryRead(): bigint | undefined {
    return this.#attached().tryRead();
  }

  /**
   * Blocks the thread until there is something, and reads it.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   * @throws {TimeoutError} `ERR_TIMEOUT`; the counter is as it was
   */
  readSync(options: SyncWaitOptions = {}): bigint {
    const wait = requireSyncWait(options);
    const attachment = this.#attached();
    const sleep = sleepUntilReadable([attachment.fd]);
    return block(() => attachment.tryRead(), sleep, wait, `A read of ${this.#label}`);
  }

  /**
   * Waits until there is something, and reads it. Only a wait that is still wanted reads, so a cancelled one loses nothing.
   *
   * @throws as `readSync`, and `signal.reason`
   * @throws {ClosedError} `ERR_EVENTFD_CLOSED` also when this object is closed meanwhile
   */
  async read(options: WaitOptions = {}): Promise<bigint> {
    const attachment = this.#attached();
    return this.#wait(attachment.readers, () => attachment.tryRead(), `A read of ${this.#label}`, options);
  }

  /**
   * Adds to the counter without waiting; false when the sum would pass 2 ** 64 - 2. Then nothing was added.
   *
   * @param value 0 to 2 ** 64 - 2
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   */
  tryWrite(value: number | bigint = 1): boolean {
    const added = requireUnsigned('value', value, MAX_VALUE);
    return this.#attached().tryWrite(added) ?? false;
  }

  /**
   * Adds to the counter; blocks the thread as long as the sum would pass 2 ** 64 - 2.
   *
   * @throws as `tryWrite`
   * @throws {TimeoutError} `ERR_TIMEOUT`; the counter is as it was
   */
  writeSync(value: number | bigint = 1, options: SyncWaitOptions = {}): void {
    const added = requireUnsigned('value', value, MAX_VALUE);
    const wait = requireSyncWait(options);
    const attachment = this.#attached();
    const attempt = () => attachment.tryWrite(added);
    const sleep: Sleep = (ms, watchLoop) => attachment.sleepUntilRoom(ms, watchLoop);
    try {
      block(attempt, sleep, wait, `A write to ${this.#label}`);
    } finally {
      // The sleep may have taken the news that somebody read, which this thread's waiting writers need as well.
      if (attachment.writers.length > 0) attachment.writers.serve();
    }
  }

  /**
   * Adds to the counter; waits as long as the sum would pass 2 ** 64 - 2. A cancelled wait has added nothing.
   *
   * @throws as `writeSync`, and `signal.reason`
   * @throws {ClosedError} `ERR_EVENTFD_CLOSED` also when this object is closed meanwhile
   */
  async write(value: number | bigint = 1, options: WaitOptions = {}): Promise<void> {
    const added = requireUnsigned('value', value, MAX_VALUE);
    const attachment = this.#attached();
    await this.#wait(attachment.writers, () => attachment.tryWrite(added), `A write to ${this.#label}`, options);
  }

  /**
   * Reads as a stream: `for await (const value of efd.values({ signal }))`. Writes between two turns come as one value. Ends
   * when this object is closed, and, by `return()` or the `break` of a loop, at any time: a `next()` that waits is done then
   * and has read nothing. After an abort, the `next()` that waits or comes first rejects with the reason, and those after it
   * are done. Several at once are served in their order. Reads nothing ahead, and leaves the event loop its turns, however
   * much there is to read.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
   */
  values(options: StreamOptions = {}): AsyncGenerator<bigint, void, undefined> {
    const wait = requireWait(options);
    return new Stream(
      {
        ended: () => this.closed,
        take: () => {
          const attachment = this.#attached();
          return attachment.readers.length === 0 ? attachment.tryRead() : undefined;
        },
        wait: (checked, queued) => {
          const attachment = this.#attached();
          const attempt = () => attachment.tryRead();
          return waitAt(
            [this.#place(attachment.readers)],
            { ...checked, attempt, what: `A read of ${this.#label}` },
            queued,
          );
        },
      },
      wait,
    );
  }

  /** `values()`. */
  [Symbol.asyncIterator](): AsyncGenerator<bigint, void, undefined> {
    return this.values();
  }

  /** From now on, and at once for those under way, waits that do not choose keep the event loop alive. The default. */
  ref(): this {
    return this.#setRef(true);
  }

  /** The opposite of `ref()`. */
  unref(): this {
    return this.#setRef(false);
  }

  /**
   * Lets go. What waits through this object rejects with `ERR_EVENTFD_CLOSED`. Other objects and threads are not affected.
   * Closing twice is harmless.
   */
  close(): void {
    const attachment = this.#attachment;
    if (attachment === undefined) return;
    this.#attachment = undefined;
    collected.unregister(this);
    const error = this.#closedError();
    attachment.readers.fail(this, error);
    attachment.writers.fail(this, error);
    attachment.release();
  }

  /** `close()`, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: object): string {
    const shown = {
      fd: this.#attachment?.fd,
      semaphore: this.#semaphore,
      closed: this.closed,
      ...(this.#name === undefined ? {} : { name: this.#name }),
    };
    return `EventFd ${inspect(shown, options)}`;
  }

  // The constructor is public, its use with an attachment is not.
  static #of(attachment: Attachment, name: string | undefined): EventFd {
    return new EventFd(attachment as unknown as number, { name });
  }

  async #wait<T>(queue: WaitQueue, attempt: () => T | undefined, what: string, options: WaitOptions): Promise<T> {
    const wait = requireWait(options);
    throwIfAborted(wait.signal);
    const now = queue.length === 0 ? attempt() : undefined;
    if (now !== undefined && isTurnDue()) await loopTurn();
    return now ?? waitAt([this.#place(queue)], { ...wait, attempt, what });
  }

  /** For select: where to wait for something to read. @internal */
  [READERS](): Place {
    return this.#place(this.#attached().readers);
  }

  #place(queue: WaitQueue): Place {
    return { queue, owner: this, ownerRef: this.#ref };
  }

  #setRef(ref: boolean): this {
    const { readers, writers } = this.#attached();
    this.#ref = ref;
    readers.setRef(this, ref);
    writers.setRef(this, ref);
    return this;
  }

  #attached(): Attachment {
    if (this.#attachment === undefined) throw this.#closedError();
    return this.#attachment;
  }

  #closedError(): ClosedError {
    return new ClosedError(this.#label, 'ERR_EVENTFD_CLOSED');
  }
}

function open(initval: unknown, options: EventFdOptions): Attachment {
  const start = Number(requireUnsigned('initval', initval, MAX_INITVAL));
  const { semaphore = false, inheritable = false } = options;
  requireBoolean('options.semaphore', semaphore);
  requireBoolean('options.inheritable', inheritable);
  return Attachment.open(start, EFD_NONBLOCK | (semaphore ? EFD_SEMAPHORE : 0) | (inheritable ? 0 : EFD_CLOEXEC));
}

function requireName(name: unknown): string | undefined {
  return name === undefined ? undefined : requireString('options.name', name);
}
