import { Permit, Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { invalidType, outOfRange } from '../support/errors.js';

test('releasing twice is harmless', () => {
  const semaphore = new Semaphore(2);
  const [one, two] = [semaphore.acquireSync(), semaphore.acquireSync()];
  one.release();
  one.release();
  expect([one.count, semaphore.available]).toEqual([0, 1]);
  two.release();
  expect(semaphore.available).toBe(2);
});

test('using releases at the end of its block, however that is left', () => {
  const semaphore = new Semaphore(1);
  {
    using permit = semaphore.acquireSync();
    expect([permit.count, semaphore.available]).toEqual([1, 0]);
  }
  expect(semaphore.available).toBe(1);
  const throwing = () => {
    using _permit = semaphore.tryAcquire();
    throw new Error('left early');
  };
  expect(throwing).toThrow('left early');
  expect(semaphore.available).toBe(1);
});

test('split and merge move permits between Permits', () => {
  const semaphore = new Semaphore(5);
  const permit = semaphore.acquireSync({ permits: 5 });
  const two = permit.split(2);
  expect([permit.count, two.count, semaphore.available]).toEqual([3, 2, 0]);
  const one = two.split(1);
  permit.merge(one);
  permit.merge(permit);
  expect([permit.count, one.count]).toEqual([4, 0]);
  one.release();
  expect(semaphore.available).toBe(0);
  two.release();
  permit.release();
  expect(semaphore.available).toBe(5);
});

test('what cannot be split or merged is left as it was', () => {
  const semaphore = new Semaphore(4);
  const permit = semaphore.acquireSync({ permits: 2 });
  for (const count of [0, 2, 3, -1, 1.5]) expect(() => permit.split(count)).toThrow(outOfRange('count', count));
  const single = semaphore.acquireSync();
  expect(() => single.split(1)).toThrow(outOfRange('count', 1));
  expect(() => permit.merge({ count: 1 } as never)).toThrow(invalidType('other', 'an instance of Object'));
  const other = new Semaphore(1).acquireSync();
  const ofTwin = Semaphore.from(semaphore).acquireSync();
  for (const foreign of [other, ofTwin]) {
    expect(() => permit.merge(foreign)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    expect(foreign.count).toBe(1);
  }
  expect(permit.count).toBe(2);
  expect(semaphore.available).toBe(0);
});

test('a released Permit can neither be split nor gives anything to a merge', () => {
  const semaphore = new Semaphore(2);
  const [kept, released] = [semaphore.acquireSync(), semaphore.acquireSync()];
  released.release();
  expect(() => released.split(1)).toThrow(outOfRange('count', 1));
  kept.merge(released);
  expect(kept.count).toBe(1);
  released.merge(kept);
  expect([kept.count, released.count]).toEqual([0, 1]);
  released.release();
  expect(semaphore.available).toBe(2);
});

test('forget takes permits out of circulation', () => {
  const semaphore = new Semaphore(3);
  const permit = semaphore.acquireSync({ permits: 2 });
  permit.forget();
  permit.forget();
  permit.release();
  expect([permit.count, semaphore.available, semaphore.permits]).toEqual([0, 1, 1]);
  semaphore.grow(2);
  expect([semaphore.available, semaphore.permits]).toEqual([3, 3]);
});

test('a release serves the waiters it suffices for', async () => {
  const semaphore = new Semaphore(3);
  const permit = semaphore.acquireSync({ permits: 3 });
  const waits = [semaphore.acquire({ permits: 2 }), semaphore.acquire()];
  permit.release();
  const permits = await within('the waits', Promise.all(waits), semaphore);
  expect(permits.map(({ count }) => count)).toEqual([2, 1]);
});

test('a Permit outlives close and dispose of its semaphore', () => {
  const semaphore = new Semaphore(2);
  const twin = Semaphore.from(semaphore);
  const [one, two] = [semaphore.acquireSync(), semaphore.acquireSync()];
  semaphore.close();
  one.release();
  expect(twin.available).toBe(1);
  semaphore[Symbol.dispose]();
  two.release();
  expect([one.count, two.count]).toEqual([0, 0]);
});

test('a Permit cannot be made out of nothing', () => {
  const forged = new (Permit as unknown as new (...args: unknown[]) => Permit)({ release: () => 0 }, 5);
  const semaphore = new Semaphore(2);
  const real = semaphore.acquireSync();
  expect(() => real.merge(forged)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect(() => Permit.prototype.release.call({})).toThrow(TypeError);
  expect(real.count).toBe(1);
});
