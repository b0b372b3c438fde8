import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';

test('for await gives what was written between two turns as one value, and ends when closed', async () => {
  const efd = new EventFd();
  efd.tryWrite(1);
  efd.tryWrite(2);
  const seen: bigint[] = [];
  for await (const n of efd) {
    seen.push(n);
    if (seen.length === 1) {
      efd.tryWrite(10);
      efd.tryWrite(10);
    } else {
      queueMicrotask(() => efd.close());
    }
  }
  expect(seen).toEqual([3n, 20n]);
});

test('of a semaphore it gives one at a time', async () => {
  using efd = new EventFd(3, { semaphore: true });
  const seen: bigint[] = [];
  for await (const n of efd) if (seen.push(n) === 3) break;
  expect(seen).toEqual([1n, 1n, 1n]);
});

test('leaving the loop leaves no reader behind', async () => {
  using efd = new EventFd(1);
  for await (const _ of efd) break;
  efd.tryWrite(5);
  expect(efd.tryRead()).toBe(5n);
});

test('of a closed object it gives nothing', async () => {
  const efd = new EventFd(1);
  efd.close();
  for await (const n of efd) expect.unreachable(`read ${n}`);
});
