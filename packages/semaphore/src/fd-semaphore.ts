import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { EventFd, type EventFdSource, type SyncWaitOptions, type WaitOptions } from 'eventfd';
import { InvalidHandleError, requireEventFd, requireFunction, requireWait } from 'eventfd/internal';
import { runHolding } from './core/run.js';
import { refuseToBePosted } from './core/unpostable.js';

/** What a posted FdSemaphore arrives as. */
export interface PostedFdSemaphore {
  readonly eventfd: EventFdSource;
}

/**
 * A counting semaphore whose count is the kernel's: it also limits across processes, over a descriptor that they share.
 *
 * A facade over an `EventFd` made with `semaphore: true`, see eventfd(2): to acquire is to read, to release is to write.
 * A forked or executed child takes it over with `new FdSemaphore(EventFd.adopt(fd))`; a child in another language reads
 * and writes 8 bytes.
 *
 * Nobody keeps book: a permit that its holder takes to the grave is gone, where a `Semaphore` gets it back. Each acquire
 * and release is a system call. Among processes and threads there is no order; the asynchronous waits of one thread are
 * served first in, first out.
 *
 * Posted as it is, `FdSemaphore.from(what arrived)` attaches it in another thread. Closing the eventfd closes it: waits
 * of this thread end with ClosedError `ERR_EVENTFD_CLOSED`, and so do later calls.
 *
 * **Cancelled waits** (abort, timeout) have taken nothing.
 */
export class FdSemaphore {
  /** The counter underneath. Posted along; whoever made it closes it. */
  readonly eventfd: EventFd;

  /**
   * @param eventfd one made with `semaphore: true`, whose counter is the number of free permits
   * @throws TypeError `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_ARG_VALUE` when a read of it takes all there is
   */
  constructor(eventfd: EventFd) {
    requireEventFd('eventfd', eventfd);
    if (!eventfd.semaphore) {
      const message =
        'The argument "eventfd" must be an EventFd made with { semaphore: true }: a read of this one takes all';
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    this.eventfd = eventfd;
  }

  /**
   * Attaches this thread to one of another: what arrived when it was posted, or the object itself. The EventFd it makes
   * is this thread's own, to be closed with `semaphore.eventfd.close()`.
   *
   * @throws InvalidHandleError `ERR_INVALID_HANDLE` when it is not one, or every thread has let go of it
   */
  static from(posted: FdSemaphore | PostedFdSemaphore): FdSemaphore {
    const source = (posted as Partial<PostedFdSemaphore> | null | undefined)?.eventfd;
    if (source === undefined)
      throw new InvalidHandleError('Expected what a posted FdSemaphore arrives as: it has an "eventfd"');
    return new FdSemaphore(EventFd.from(source));
  }

  /** Takes a permit if one is free; never waits. @throws ClosedError `ERR_EVENTFD_CLOSED` */
  tryAcquire(): FdPermit | undefined {
    const permit = new FdPermit(this.eventfd);
    return this.eventfd.tryRead() === undefined ? undefined : permit;
  }

  /**
   * Waits for a permit without blocking the thread. The waiting promise keeps the event loop alive, unless `ref` is
   * false.
   *
   * @throws (rejects) `signal.reason` when aborted; TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_EVENTFD_CLOSED`
   */
  async acquire(options?: WaitOptions): Promise<FdPermit> {
    const permit = new FdPermit(this.eventfd);
    await this.eventfd.read(options);
    return permit;
  }

  /**
   * Blocks the thread until it has a permit. `terminate()` ends the wait within 100 ms.
   *
   * @throws TimeoutError `ERR_TIMEOUT`; ClosedError `ERR_EVENTFD_CLOSED`
   */
  acquireSync(options?: SyncWaitOptions): FdPermit {
    const permit = new FdPermit(this.eventfd);
    this.eventfd.readSync(options);
    return permit;
  }

  /**
   * Calls `fn` while holding a permit, and gives it back however it ends; the promise takes its result.
   * `fn` is not called once the signal has aborted, even if that met the grant: the promise rejects with the reason.
   */
  async run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    requireFunction('fn', fn);
    const wait = requireWait(options);
    const permit = await this.acquire(wait);
    return runHolding(wait.signal, fn, () => permit.release());
  }

  /** Calls `fn` while holding a permit, blocking until it is to be had, and gives it back however it ends. */
  runSync<T>(fn: () => T, options?: SyncWaitOptions): T {
    requireFunction('fn', fn);
    const permit = this.acquireSync(options);
    try {
      return fn();
    } finally {
      permit.release();
    }
  }

  /** Permits free at this moment, as the kernel tells in /proc/self/fdinfo. */
  get available(): bigint {
    const info = readFileSync(`/proc/self/fdinfo/${this.eventfd.fd}`, 'latin1');
    return BigInt(`0x${/^eventfd-count:\s*([0-9a-f]+)$/m.exec(info)?.[1] ?? '0'}`);
  }
}

/** What is to be said of every permit. */
class Held {
  constructor() {
    refuseToBePosted(this);
  }

  toString(): string {
    return 'an FdSemaphore';
  }

  toJSON(): undefined {}

  [inspect.custom](): string {
    return `${this}`;
  }
}

const held = new Held();

/** A permit of an FdSemaphore, until `release()` or the end of a `using` block. */
export class FdPermit {
  /** The only property of its own, for a structured clone to come across: it refuses to be cloned. @internal */
  readonly core: object = held;
  readonly #eventfd: EventFd;
  #held = true;

  /** @internal */
  constructor(eventfd: EventFd) {
    this.#eventfd = eventfd;
  }

  /** False once it was released. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Gives the permit back. Doing it twice is harmless.
   *
   * @throws ClosedError `ERR_EVENTFD_CLOSED` when this thread has closed the eventfd: the permit is lost then; RangeError
   *   `ERR_OUT_OF_RANGE` when the counter is full
   */
  release(): void {
    if (!this.#held) return;
    // It was taken from the counter, so there is room for it, unless somebody wrote what nobody had taken.
    if (this.#eventfd.tryWrite()) this.#held = false;
    else {
      const message = 'The counter of the eventfd is full: somebody writes to it without having taken a permit';
      throw Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });
    }
  }

  /** The same, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }
}
