import { Mutex, RwLock } from '@eventfd/semaphore';
import { expect, test } from 'vitest';

test('a lock that was disposed while nobody held it is not held', () => {
  const mutex = new Mutex();
  const rwlock = new RwLock();
  for (const lock of [mutex, rwlock]) lock[Symbol.dispose]();
  expect([mutex.closed, mutex.locked, mutex.waiting]).toEqual([true, false, 0]);
  expect([rwlock.closed, rwlock.writing, rwlock.readers, rwlock.waiting]).toEqual([true, false, 0, 0]);
});
