import { Permit, Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';

test('tryAcquire takes what is free, and nothing when that is too little', () => {
  const semaphore = new Semaphore(3);
  const two = semaphore.tryAcquire(2);
  expect(two).toBeInstanceOf(Permit);
  expect([two?.count, semaphore.available]).toEqual([2, 1]);
  expect(semaphore.tryAcquire(2)).toBeUndefined();
  expect(semaphore.available).toBe(1);
  expect(semaphore.tryAcquire()?.count).toBe(1);
  expect(semaphore.tryAcquire()).toBeUndefined();
});

test('acquireSync and acquire take several at once', async () => {
  const semaphore = new Semaphore(2 ** 29 - 1);
  const half = semaphore.acquireSync({ permits: 2 ** 28 });
  const rest = await semaphore.acquire({ permits: 2 ** 28 - 1 });
  expect(semaphore.available).toBe(0);
  half.release();
  rest.release();
  expect(semaphore.available).toBe(2 ** 29 - 1);
});

test('run and runSync hold as many permits as they are told', async () => {
  const semaphore = new Semaphore(5);
  expect(semaphore.runSync(() => semaphore.available, { permits: 3 })).toBe(2);
  expect(await semaphore.run(() => semaphore.available, { permits: 4 })).toBe(1);
  expect(await semaphore.run(async () => semaphore.available)).toBe(4);
  expect(semaphore.available).toBe(5);
});

test('run gives back only when the promise of its callback has settled', async () => {
  const semaphore = new Semaphore(1);
  let finish = () => {};
  const work = semaphore.run(() => new Promise<void>((resolve) => (finish = resolve)));
  await turns(2);
  expect(semaphore.available).toBe(0);
  finish();
  await work;
  expect(semaphore.available).toBe(1);
});

test('1,000 waits of one thread are granted in one burst, in order', async () => {
  const semaphore = new Semaphore(0);
  const order: number[] = [];
  const waits = Array.from({ length: 1000 }, (_, i) => semaphore.acquire().then(() => order.push(i)));
  expect(semaphore.waiting).toBe(1000);
  semaphore.grow(1000);
  await within('1,000 waits', Promise.all(waits), semaphore);
  expect(order).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect([semaphore.available, semaphore.waiting]).toEqual([0, 0]);
});

test('10,000 waits are more than the loop is held up for at a time', async () => {
  const semaphore = new Semaphore(0);
  const waits = Array.from({ length: 10_000 }, () => semaphore.acquire());
  semaphore.grow(10_000);
  const permits = await within('10,000 waits', Promise.all(waits), semaphore);
  for (const permit of permits) permit.release();
  expect(semaphore.available).toBe(10_000);
});

test('a wait for more than there are goes on until the semaphore has grown', async () => {
  const semaphore = new Semaphore(1, { max: 3 });
  const wait = semaphore.acquire({ permits: 3 });
  semaphore.grow(1);
  expect(semaphore.waiting).toBe(1);
  semaphore.grow(1);
  expect((await within('the wait', wait, semaphore)).count).toBe(3);
});

test('a timeout is not early, and names method, object and time', async () => {
  const semaphore = new Semaphore(0, { name: 'db' });
  const start = performance.now();
  await expect(semaphore.acquire({ timeout: 30 })).rejects.toThrow(timedOut);
  expect(performance.now() - start).toBeGreaterThanOrEqual(30);
  const message = /acquireSync\(\) of Semaphore "db" .*25 ms/;
  const startSync = performance.now();
  expect(() => semaphore.acquireSync({ timeout: 25 })).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message) }),
  );
  expect(performance.now() - startSync).toBeGreaterThanOrEqual(25);
  expect(semaphore.waiting).toBe(0);
});

test('timeouts longer than a timer can be are waited out, not cut to nothing', async () => {
  const semaphore = new Semaphore(0);
  const waits = [2 ** 31, 2 ** 40, 1e300].map((timeout) => semaphore.acquire({ timeout }));
  await turns(5);
  expect(semaphore.waiting).toBe(3);
  semaphore.grow(3);
  await within('the waits', Promise.all(waits), semaphore);
});

test('waits that time out among others leave those in order', async () => {
  const semaphore = new Semaphore(0);
  const served: string[] = [];
  const waits = ['a', 'late b', 'c', 'late d', 'e'].map((name) =>
    semaphore.acquire(name.startsWith('late') ? { timeout: 5 } : {}).then(
      () => served.push(name),
      () => served.push(`${name} gave up`),
    ),
  );
  while (semaphore.waiting > 3) await turns(1);
  semaphore.grow(3);
  await within('the waits', Promise.all(waits), semaphore);
  // A timer that comes a little early waits for the rest: which of two that end in the same millisecond is first, is open.
  expect(served.slice(0, 2).toSorted()).toEqual(['late b gave up', 'late d gave up']);
  expect(served.slice(2)).toEqual(['a', 'c', 'e']);
});
