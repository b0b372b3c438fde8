// The rules of eventfd(2).
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE, eventfd, eventfdRead, eventfdWrite } from 'eventfd';
import { afterEach, expect, test } from 'vitest';
import { counterOf, flagsOf } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';

const MAX = 2n ** 64n - 2n;
const opened: number[] = [];

function open(initval: number | bigint, flags?: number): number {
  const fd = eventfd(initval, flags);
  opened.push(fd);
  return fd;
}

afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});

test('the constants are those of Linux', () => {
  expect([EFD_SEMAPHORE, EFD_NONBLOCK, EFD_CLOEXEC]).toEqual([1, 0o4000, 0o2000000]);
});

test('the default flags are EFD_CLOEXEC alone; other flags without it are inherited', () => {
  expect(flagsOf(open(0)) & (EFD_CLOEXEC | EFD_NONBLOCK)).toBe(EFD_CLOEXEC);
  expect(flagsOf(open(0, 0)) & (EFD_CLOEXEC | EFD_NONBLOCK)).toBe(0);
  expect(flagsOf(open(0, EFD_NONBLOCK)) & (EFD_CLOEXEC | EFD_NONBLOCK)).toBe(EFD_NONBLOCK);
});

test('the counter starts from initval, up to 2 ** 32 - 1', () => {
  expect(eventfdRead(open(2 ** 32 - 1))).toBe(2n ** 32n - 1n);
  expect(eventfdRead(open(2n ** 32n - 1n))).toBe(2n ** 32n - 1n);
});

test('a read sets the counter to 0', () => {
  const fd = open(7);
  eventfdRead(fd);
  expect(counterOf(fd)).toBe(0n);
});

test('a read of a semaphore takes 1', () => {
  const fd = open(7, EFD_SEMAPHORE);
  expect(eventfdRead(fd)).toBe(1n);
  expect(counterOf(fd)).toBe(6n);
});

test('the counter holds 2 ** 64 - 2, and a write that would pass it leaves it as it was', async () => {
  const fd = open(0, EFD_NONBLOCK);
  eventfdWrite(fd, MAX - 1n);
  expect(await errorOf(() => eventfdWrite(fd, 2))).toMatchObject({ code: 'EAGAIN' });
  expect(counterOf(fd)).toBe(MAX - 1n);
  eventfdWrite(fd, 1);
  expect(await errorOf(() => eventfdWrite(fd, 1))).toMatchObject({ code: 'EAGAIN' });
  expect(eventfdRead(fd)).toBe(MAX);
});

test('a write of 0 always succeeds', () => {
  const fd = open(0);
  eventfdWrite(fd, 0);
  expect(counterOf(fd)).toBe(0n);
  eventfdWrite(fd, MAX);
  eventfdWrite(fd, 0n);
  expect(eventfdRead(fd)).toBe(MAX);
});

test('an error has the errno that the system knows it by', async () => {
  const { errno } = await errorOf(() => eventfdRead(open(0, EFD_NONBLOCK)));
  expect(errno).toBe(-constants.errno.EAGAIN);
});
