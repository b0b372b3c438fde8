/** What the kernel says about a descriptor that came from elsewhere. */
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { systemError } from './errors.js';
import { native } from './native.js';

/**
 * What an open descriptor refers to, as `anon_inode:[eventfd]` or a path.
 *
 * @throws {Error} `EBADF` when it is not open
 */
export function targetOf(fd: number): string {
  native.isNonBlockingFd(fd); // where there is no eventfd(2) this says so; there need be no /proc either
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw systemError(constants.errno.EBADF, 'readlink');
  }
}

/** Whether the eventfd was made with EFD_SEMAPHORE; undefined before Linux 6.5, which does not tell. */
export function isSemaphore(fd: number): boolean | undefined {
  const told = /^eventfd-semaphore:\s*(\d)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
  return told === null ? undefined : told[1] === '1';
}

export function setNonBlocking(fd: number): void {
  const error = native.setNonBlockingFd(fd);
  if (error < 0) throw systemError(-error, 'fcntl');
}
