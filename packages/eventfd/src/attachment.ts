/**
 * This thread's share of a descriptor: one per descriptor, however many `EventFd` objects stand for it. Another copy of this
 * module in the thread has a share of its own.
 */
import { constants } from 'node:os';
import { systemError } from './errors.js';
import { type FdCopy, type FdSide, native } from './native.js';
import { placedHere, WaitQueue } from './wait-queue.js';

const { EAGAIN, EEXIST, ENOENT } = constants.errno;
const READABLE = 0;
const ROOM = 1;

// How long a write may block although our descriptors are non-blocking, in milliseconds: another process can take
// O_NONBLOCK away, since they share it. Node itself does, in a child that gets the descriptor as its stdin.
const PATIENCE = 1;

const attachments = new Map<number, Attachment>();

/** This copy, as the addon calls it. Every use names its number, and so keeps it alive. */
const copy: FdCopy & { readonly id: number } = {
  ready(id, side) {
    const attachment = attachments.get(id);
    if (side === READABLE) attachment?.readers.serve();
    else attachment?.writers.serve();
  },
  waits: placedHere,
  id: 0,
};
Object.assign(copy, { id: native.connectFds(copy) });

export class Attachment {
  readonly id: number;
  readonly fd: number;
  readonly semaphore: boolean;
  /** Those who wait for something to read. */
  readonly readers: WaitQueue;
  /** Those who wait for room. */
  readonly writers: WaitQueue;
  #holders = 1;

  /** Makes an eventfd. */
  static open(initval: number, flags: number): Attachment {
    const id = native.openFd(copy.id, initval, flags);
    if (id < 0) throw systemError(-id, 'eventfd');
    return new Attachment(id);
  }

  /** Takes `fd` over; undefined when that has been done already. */
  static adopt(fd: number, semaphore: boolean): Attachment | undefined {
    const id = native.shareFd(copy.id, fd, semaphore);
    return id === -EEXIST ? undefined : new Attachment(id);
  }

  /** Attaches this thread, or counts one holder more; undefined when no thread has the descriptor any more. */
  static to(id: number): Attachment | undefined {
    const known = attachments.get(id);
    if (known !== undefined) {
      known.#holders++;
      return known;
    }
    // It may be attached already: a vm timeout struck here before.
    if (native.attachFd(copy.id, id) === -ENOENT) return undefined;
    return new Attachment(id);
  }

  static is(value: unknown): value is Attachment {
    return typeof value === 'object' && value !== null && #holders in value;
  }

  private constructor(id: number) {
    this.id = id;
    this.fd = native.descriptorOfFd(copy.id, id);
    this.semaphore = native.isSemaphoreFd(copy.id, id);
    this.readers = this.#queue(READABLE);
    this.writers = this.#queue(ROOM);
    attachments.set(id, this);
  }

  /** One holder less; the last one detaches this thread, and nothing here may be used any more. */
  release(): void {
    if (--this.#holders > 0) return;
    attachments.delete(this.id);
    native.detachFd(copy.id, this.id);
  }

  /** Undefined when there is nothing to read now. */
  tryRead(): bigint | undefined {
    const value = native.readFd(this.fd);
    if (typeof value === 'bigint') return value;
    if (value !== -EAGAIN) throw systemError(-value, 'read');
    return undefined;
  }

  /** Undefined when `value` does not fit now. */
  tryWrite(value: bigint): true | undefined {
    const error = native.writeFd(this.fd, value, PATIENCE);
    if (error === 0) return true;
    if (error !== -EAGAIN) throw systemError(-error, 'write');
    return undefined;
  }

  /** Sleeps until somebody reads; see `Sleep`. It takes that news from the waiting writers, so `serve` them afterwards. */
  sleepUntilRoom(ms: number, watchLoop: boolean): number {
    return native.waitForFdRoom(copy.id, this.id, ms, watchLoop);
  }

  #queue(side: FdSide): WaitQueue {
    return new WaitQueue((armed, referenced) => {
      const error = native.watchFd(copy.id, this.id, side, armed, referenced);
      if (error < 0) throw systemError(-error, side === READABLE ? 'poll' : 'epoll');
    });
  }
}
