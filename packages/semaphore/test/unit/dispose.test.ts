import { InvalidHandleError, Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { closed, invalidHandle } from '../support/errors.js';

test('a disposed semaphore is closed, empty, and names nothing any more', async () => {
  const semaphore = new Semaphore(3, { name: 'gone' });
  const { handle } = semaphore;
  semaphore[Symbol.dispose]();
  semaphore[Symbol.dispose]();
  expect([semaphore.closed, semaphore.available, semaphore.permits, semaphore.waiting]).toEqual([true, 0, 0, 0]);
  expect(() => semaphore.tryAcquire()).toThrow(closed);
  expect(() => semaphore.acquireSync()).toThrow(closed);
  await expect(semaphore.acquire()).rejects.toThrow(closed);
  expect(() => Semaphore.from(handle)).toThrow(invalidHandle);
  expect(() => Semaphore.from(semaphore)).toThrow(/Semaphore that was disposed/);
});

test('a disposal ends the waits of every object and thread', async () => {
  const semaphore = new Semaphore(0);
  const waits = [semaphore.acquire(), Semaphore.from(semaphore).acquire()];
  semaphore[Symbol.dispose]();
  for (const wait of waits) await expect(within('the wait', wait)).rejects.toThrow(closed);
  expect(semaphore.closed).toBe(true);
  expect(() => semaphore.tryAcquire()).toThrow(closed);
});

test('a semaphore that was never used can be disposed', () => {
  const { handle } = using(new Semaphore(1));
  expect(() => Semaphore.from(handle)).toThrow(InvalidHandleError);
});

function using(semaphore: Semaphore): Semaphore {
  using disposed = semaphore;
  return disposed;
}

test('the memory is used again, and an old handle does not name the new object', () => {
  const handles = Array.from({ length: 50 }, () => using(new Semaphore(1)).handle);
  const cells = new Set(handles.map(({ cell }) => cell));
  expect(cells.size).toBeLessThan(handles.length);
  const fresh = new Semaphore(7);
  const reused = handles.find(({ cell }) => cell === fresh.handle.cell);
  expect(reused).toBeDefined();
  expect(() => Semaphore.from(reused as never)).toThrow(invalidHandle);
  expect(fresh.available).toBe(7);
});

test('the memory is not used again while a permit is held or another object is attached', () => {
  const semaphore = new Semaphore(1);
  const twin = Semaphore.from(semaphore);
  const permit = twin.acquireSync();
  semaphore[Symbol.dispose]();
  const others = Array.from({ length: 20 }, () => new Semaphore(9));
  expect(others.map(({ handle }) => handle.cell)).not.toContain(semaphore.handle.cell);
  permit.release();
  expect([twin.closed, twin.available]).toEqual([true, 1]);
  expect(others.every(({ available }) => available === 9)).toBe(true);
});

test('an object made before the disposal and used first after it is closed', async () => {
  const semaphore = new Semaphore(1);
  const twin = Semaphore.from(semaphore);
  semaphore[Symbol.dispose]();
  const others = Array.from({ length: 20 }, () => new Semaphore(9));
  expect([twin.closed, twin.available]).toEqual([true, 0]);
  expect(() => twin.tryAcquire()).toThrow(closed);
  await expect(twin.acquire()).rejects.toThrow(closed);
  twin.close();
  twin[Symbol.dispose]();
  expect(others.every(({ available, closed }) => available === 9 && !closed)).toBe(true);
});
