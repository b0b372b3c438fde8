/**
 * The rules of CPython's EventfdTests, in tests of our own, for the functions that Python has too.
 *
 * Source: python/cpython, Lib/test/test_os/test_fd.py at 4746cf33d403 (Lib/test/test_os.py up to 3.14; the same rules in
 * 3.13.0), under PSF-2.0. Its rules were read, no text was taken.
 *
 * | there | here |
 * |---|---|
 * | test_eventfd_initval | initval; not inheritable, read and written raw and by function |
 * | test_eventfd_semaphore | semaphore; what would block is EAGAIN, Python's BlockingIOError |
 * | test_eventfd_select | select; readable is what select() tells. there is none for writing, so that shows in writes: one that fails, or that waits until a read has made room |
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE, EventFd, eventfd, eventfdRead, eventfdWrite } from 'eventfd';
import { afterEach, expect, test } from 'vitest';
import { flagsOf } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';

const opened: number[] = [];

function open(initval: number, flags?: number): number {
  const fd = eventfd(initval, flags);
  opened.push(fd);
  return fd;
}

afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});

function rawRead(fd: number): bigint {
  const bytes = Buffer.alloc(8);
  expect(readSync(fd, bytes, 0, 8, null)).toBe(8);
  return new BigUint64Array(bytes.buffer, bytes.byteOffset, 1)[0] as bigint;
}

function rawWrite(fd: number, value: bigint): void {
  expect(writeSync(fd, new Uint8Array(BigUint64Array.of(value).buffer), 0, 8, null)).toBe(8);
}

test('initval: read first, then the sum of what was written, raw or by function, in 8 bytes', () => {
  const fd = open(42);
  expect(flagsOf(fd) & EFD_CLOEXEC).toBe(EFD_CLOEXEC);
  expect(rawRead(fd)).toBe(42n);

  rawWrite(fd, 23n);
  expect(rawRead(fd)).toBe(23n);

  rawWrite(fd, 40n);
  rawWrite(fd, 2n);
  expect(rawRead(fd)).toBe(42n);

  eventfdWrite(fd, 20);
  eventfdWrite(fd, 3n);
  expect(eventfdRead(fd)).toBe(23n);
});

test('semaphore: each read takes one, and an empty one would block', async () => {
  const fd = open(2, EFD_CLOEXEC | EFD_SEMAPHORE | EFD_NONBLOCK);
  expect(eventfdRead(fd)).toBe(1n);
  expect(eventfdRead(fd)).toBe(1n);
  expect(await errorOf(() => eventfdRead(fd))).toMatchObject({ code: 'EAGAIN' });
  expect(await errorOf(() => rawRead(fd))).toMatchObject({ code: 'EAGAIN' });

  eventfdWrite(fd, 1);
  expect(eventfdRead(fd)).toBe(1n);
  expect(await errorOf(() => eventfdRead(fd))).toMatchObject({ code: 'EAGAIN' });
});

test('select: readable above 0, writable below the most', async () => {
  const fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  using efd = EventFd.adopt(fd);
  const readable = () => EventFd.select([efd], { timeout: 0 });

  expect(await errorOf(readable)).toMatchObject({ code: 'ERR_TIMEOUT' });
  eventfdWrite(fd, 23);
  expect(readable()).toEqual([efd]);
  eventfdWrite(fd, 0);
  expect(eventfdRead(fd)).toBe(23n);
  expect(await errorOf(readable)).toMatchObject({ code: 'ERR_TIMEOUT' });

  eventfdWrite(fd, 2n ** 64n - 2n);
  expect(readable()).toEqual([efd]);
  expect(await errorOf(() => eventfdWrite(fd, 1))).toMatchObject({ code: 'EAGAIN' });
  expect(await errorOf(() => efd.writeSync(1, { timeout: 0 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
  const writable = efd.write(1);
  expect(eventfdRead(fd)).toBe(2n ** 64n - 2n);
  await writable;
  expect(eventfdRead(fd)).toBe(1n);
});
