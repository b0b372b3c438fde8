import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { closed, outOfRange } from '../support/errors.js';

test('grow adds permits and serves waiters with them', async () => {
  const semaphore = new Semaphore(0, { max: 4 });
  const waits = [semaphore.acquire(), semaphore.acquire({ permits: 2 })];
  semaphore.grow(4);
  await within('the waits', Promise.all(waits), semaphore);
  expect([semaphore.available, semaphore.permits]).toEqual([1, 4]);
});

test('shrink takes free permits at once, and held ones as they come back', () => {
  const semaphore = new Semaphore(5);
  const permit = semaphore.acquireSync({ permits: 3 });
  semaphore.shrink(4);
  expect([semaphore.available, semaphore.permits]).toEqual([-2, 1]);
  expect(semaphore.tryAcquire()).toBeUndefined();
  const part = permit.split(2);
  part.release();
  expect([semaphore.available, semaphore.tryAcquire()]).toEqual([0, undefined]);
  permit.release();
  expect(semaphore.available).toBe(1);
  expect(semaphore.tryAcquire()?.count).toBe(1);
});

test('a waiter is served only once a shrink is paid off', async () => {
  const semaphore = new Semaphore(2);
  const permit = semaphore.acquireSync({ permits: 2 });
  semaphore.shrink(1);
  const wait = semaphore.acquire();
  const part = permit.split(1);
  part.release();
  expect([semaphore.available, semaphore.waiting]).toEqual([0, 1]);
  permit.release();
  (await within('the wait', wait, semaphore)).release();
  expect(semaphore.available).toBe(1);
});

test('beyond max, or below nothing, nothing changes', () => {
  const semaphore = new Semaphore(3, { max: 5 });
  semaphore.grow(2);
  expect(() => semaphore.grow(1)).toThrow(outOfRange('permits', 1));
  expect(() => semaphore.shrink(6)).toThrow(outOfRange('permits', 6));
  expect([semaphore.available, semaphore.permits]).toEqual([5, 5]);
  semaphore.shrink(5);
  expect([semaphore.available, semaphore.permits]).toEqual([0, 0]);
  const largest = new Semaphore(2 ** 29 - 1);
  expect(() => largest.grow(1)).toThrow(outOfRange('permits', 1));
  expect(() => largest.grow(2 ** 29 - 1)).toThrow(outOfRange('permits', 2 ** 29 - 1));
  expect(largest.available).toBe(2 ** 29 - 1);
});

test('grow and shrink of every other thread are seen here', () => {
  const semaphore = new Semaphore(1);
  const twin = Semaphore.from(semaphore);
  twin.grow(2);
  expect(semaphore.permits).toBe(3);
  semaphore.shrink(3);
  expect(twin.available).toBe(0);
});

test('a closed semaphore can be resized; a disposed one says it is closed', () => {
  const semaphore = new Semaphore(1);
  semaphore.close();
  semaphore.grow(1);
  expect(semaphore.permits).toBe(2);
  semaphore[Symbol.dispose]();
  expect(() => semaphore.grow(1)).toThrow(closed);
  expect(() => semaphore.shrink(1)).toThrow(closed);
});
