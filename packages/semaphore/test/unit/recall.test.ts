import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';

test("what is lent reaches who waits, and is nobody's when it comes back", async () => {
  const semaphore = new Semaphore(0, { fair: true, max: 10 });
  const waits = [1, 2, 3].map(() => semaphore.acquire());
  semaphore.grow(2, { recall: 2 });
  expect([semaphore.permits, semaphore.available, semaphore.waiting]).toEqual([0, -2, 1]);
  const [first, second] = await within('two are granted', Promise.all(waits.slice(0, 2)));
  first?.release();
  second?.release();
  await turns(3);
  expect([semaphore.permits, semaphore.available, semaphore.waiting]).toEqual([0, 0, 1]);
  semaphore.grow(1);
  (await within('the third', waits[2] as Promise<{ release(): void }>)).release();
  expect([semaphore.permits, semaphore.available]).toEqual([1, 1]);
});

test('more than those who wait want: what is free is taken away at once, what is held as it comes back', async () => {
  const semaphore = new Semaphore(1, { fair: true, max: 10 });
  const held = await semaphore.acquire();
  const wait = semaphore.acquire();
  semaphore.grow(3, { recall: 2 });
  expect([semaphore.permits, semaphore.available, semaphore.waiting]).toEqual([2, 0, 0]);
  const other = await within('the waiter', wait);
  held.release();
  other.release();
  expect(semaphore.available).toBe(2);
});

test('what cannot be is refused, and changes nothing', () => {
  const semaphore = new Semaphore(1, { fair: true, max: 3 });
  expect(() => semaphore.grow(1, { recall: 3 })).toThrow(/"options.recall".*no more than there are then/);
  expect(() => semaphore.grow(3, { recall: 3 })).toThrow(/"permits"/);
  expect(() => semaphore.grow(1, { recall: -1 })).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  expect(() => semaphore.grow(1, { recall: '1' as never })).toThrow(/"options.recall".*Received type string/);
  expect(() => new Semaphore(1, { max: 3 }).grow(1, { recall: 1 })).toThrow(/"options.recall".*is fair|fair/);
  expect([semaphore.permits, semaphore.available]).toEqual([1, 1]);
});
