/**
 * Python's `os.eventfd`, `os.eventfd_read` and `os.eventfd_write`, one for one, and its `os.close`, on plain descriptor numbers. See eventfd(2).
 * For an object that waits without blocking its thread and can be sent to others, see `EventFd`.
 */
import { constants } from 'node:os';
import { block, SLICE, type Sleep, sleepUntilReadable } from './block.js';
import { systemError } from './errors.js';
import { native } from './native.js';
import { SYNC_WAIT_FOR_EVER } from './shared-signal.js';
import { invalidArgValue, requireInteger, requireUnsigned } from './validate.js';

/** The descriptor is closed in programs that a child process executes. */
export const EFD_CLOEXEC: number = native.EFD_CLOEXEC;
/** A read or write that would have to wait fails with `EAGAIN` instead. */
export const EFD_NONBLOCK: number = native.EFD_NONBLOCK;
/** A read takes 1, and not all there is. */
export const EFD_SEMAPHORE: number = native.EFD_SEMAPHORE;

const MAX_INT = 2 ** 31 - 1;
const MAX_UINT = 2n ** 32n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * Makes an eventfd, a counter in the kernel, and returns its descriptor. It is yours to close, with `eventfdClose`; nobody else
 * does, not even the end of the thread.
 *
 * As in Python, the default flags are `EFD_CLOEXEC`; any other `flags` without it gives a descriptor that child processes
 * inherit.
 *
 * @param initval what the counter starts from, 0 to 2 ** 32 - 1
 * @param flags `EFD_CLOEXEC`, `EFD_NONBLOCK` and `EFD_SEMAPHORE`, or-ed together
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
 * @throws {RangeError} `ERR_OUT_OF_RANGE`
 * @throws {Error} `EINVAL` for an unknown flag, `EMFILE`, `ENFILE`, `ENOMEM`, with `syscall` `eventfd`
 */
export function eventfd(initval: number | bigint, flags: number = EFD_CLOEXEC): number {
  const start = Number(requireUnsigned('initval', initval, MAX_UINT));
  const fd = native.createFd(start, requireInteger('flags', flags, -MAX_INT - 1, MAX_INT));
  if (fd < 0) throw systemError(-fd, 'eventfd');
  return fd;
}

/**
 * Closes an eventfd, made by `eventfd()` on whichever thread, or inherited. Who waits for it on another thread is not woken, as
 * with close(2).
 *
 * `fs.closeSync` does the same, but in a worker Node then warns of a descriptor that it did not open itself.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_ARG_VALUE` when it is no eventfd, or the descriptor of an `EventFd`
 * that is open in this process, which is closed by its own `close()`
 * @throws {RangeError} `ERR_OUT_OF_RANGE`
 * @throws {Error} `EBADF` when it is not open, with `syscall` `close`
 */
export function eventfdClose(fd: number): void {
  const error = -native.closeFd(requireInteger('fd', fd, 0, MAX_INT));
  if (error === constants.errno.EEXIST) throw invalidArgValue('fd', 'is the descriptor of an EventFd: close that', fd);
  if (error === constants.errno.EINVAL) throw invalidArgValue('fd', 'is not an eventfd', fd);
  if (error > 0) throw systemError(error, 'close');
}

/**
 * Reads the counter of an eventfd and sets it to 0; of one made with `EFD_SEMAPHORE`, takes 1 from it and returns `1n`.
 *
 * While the counter is 0 it blocks the thread, unless the descriptor is non-blocking. `worker.terminate()` and
 * `process.exit()` end the wait. Nothing checks that the descriptor is an eventfd: 8 bytes are read from whatever it is.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
 * @throws {RangeError} `ERR_OUT_OF_RANGE`
 * @throws {Error} `EAGAIN` when the descriptor is non-blocking and the counter 0, `EBADF`, `EINVAL` when there were not
 * 8 bytes to read, ..., with `syscall` `read`
 */
export function eventfdRead(fd: number): bigint {
  requireInteger('fd', fd, 0, MAX_INT);
  const attempt = () => {
    const value = native.readFd(fd);
    if (typeof value === 'bigint') return value;
    if (value !== -constants.errno.EAGAIN || native.isNonBlockingFd(fd) !== 0) throw systemError(-value, 'read');
    return undefined;
  };
  return block(attempt, sleepUntilReadable([fd]), SYNC_WAIT_FOR_EVER, 'eventfdRead');
}

/**
 * Adds `value` to the counter of an eventfd.
 *
 * While the sum would pass 2 ** 64 - 2 it blocks the thread, unless the descriptor is non-blocking. `worker.terminate()` and
 * `process.exit()` end the wait. Nothing checks that the descriptor is an eventfd: 8 bytes are written to whatever it is.
 *
 * @param value 0 to 2 ** 64 - 1; the kernel refuses the last one
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
 * @throws {RangeError} `ERR_OUT_OF_RANGE`
 * @throws {Error} `EAGAIN` when the descriptor is non-blocking and the sum too high, `EINVAL` for 2 ** 64 - 1, `EBUSY` when
 * it is blocking and nothing could interrupt the write, `EBADF`, ..., with `syscall` `write`
 */
export function eventfdWrite(fd: number, value: number | bigint): void {
  requireInteger('fd', fd, 0, MAX_INT);
  const added = requireUnsigned('value', value, MAX_UINT64);
  // Undefined when it does not fit, and did not within `patience` ms.
  const attempt = (patience: number) => {
    const result = native.writeFd(fd, added, patience);
    return result === -constants.errno.EAGAIN && native.isNonBlockingFd(fd) === 0 ? undefined : result;
  };
  const result = attempt(1) ?? whenThereIsRoom(fd, attempt);
  if (result !== 0) throw systemError(-result, 'write');
}

/** Attempts each time that somebody has read, until the result is not undefined. */
function whenThereIsRoom<T>(fd: number, attempt: (patience: number) => T | undefined): T {
  let patience = 1;
  const sleep: Sleep = (ms, watchLoop) => {
    const woken = native.waitForRoomOf(fd, ms, watchLoop);
    // For want of a descriptor it cannot sleep. So the write does, which does not hear the thread's loop.
    patience = woken < 0 ? SLICE : 1;
    return Math.max(woken, 0);
  };
  native.forgetRoom();
  try {
    return block(() => attempt(patience), sleep, SYNC_WAIT_FOR_EVER, 'eventfdWrite');
  } finally {
    native.forgetRoom();
  }
}
