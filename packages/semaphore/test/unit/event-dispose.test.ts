import { Event, Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';

// A promise's continuation runs while the waiting room is still telling of outcomes.
test('an object that is disposed right after a wait at it frees its memory at once', async () => {
  const event = new Event();
  const wait = event.wait();
  event.set();
  await wait;
  event[Symbol.dispose]();
  using next = new Event();
  expect(next.handle.cell).toBe(event.handle.cell);
});

test('so does a semaphore whose permit was waited for and given back', async () => {
  const semaphore = new Semaphore(0);
  const wait = semaphore.acquire();
  semaphore.grow(1);
  (await wait).release();
  semaphore[Symbol.dispose]();
  using next = new Semaphore(1);
  expect(next.handle.cell).toBe(semaphore.handle.cell);
});
