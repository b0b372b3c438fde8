// Waiting for room, in one thread. The counter holds 2 ** 64 - 2 at most.
import { EventFd } from 'eventfd';
import { beforeEach, expect, test } from 'vitest';
import { counterOf } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';

const MAX = 2n ** 64n - 2n;
let efd: EventFd;

beforeEach(() => {
  efd = new EventFd();
  efd.tryWrite(MAX - 1n);
  return () => efd.close();
});

test('what fits is written at once, in all three ways', async () => {
  efd.tryRead();
  expect(efd.tryWrite()).toBe(true);
  efd.writeSync();
  efd.writeSync(2);
  await efd.write();
  await efd.write(3n);
  expect(efd.tryRead()).toBe(8n);
});

test('a write waits for room while the counter is full', async () => {
  efd.tryWrite(1);
  const write = efd.write(5);
  expect(efd.tryRead()).toBe(MAX);
  await write;
  expect(efd.tryRead()).toBe(5n);
});

test('a write waits for room while a smaller one would fit', async () => {
  const write = efd.write(5);
  expect(efd.tryRead()).toBe(MAX - 1n);
  await write;
  expect(efd.tryRead()).toBe(5n);
});

test('waiting writes are served in their order', async () => {
  const order: number[] = [];
  const writes = [2, 3, 4].map((n) => efd.write(n).then(() => order.push(n)));
  efd.tryRead();
  await Promise.all(writes);
  expect(order).toEqual([2, 3, 4]);
  expect(efd.tryRead()).toBe(9n);
});

test('one read that makes room for one write only leaves the next waiting', async () => {
  const first = efd.write(MAX);
  const second = efd.write(MAX - 1n);
  efd.tryRead();
  await first;
  expect(efd.tryRead()).toBe(MAX);
  await second;
  expect(efd.tryRead()).toBe(MAX - 1n);
});

test('cancelled writes add nothing', async () => {
  const controller = new AbortController();
  const aborted = efd.write(2, { signal: controller.signal });
  const late = efd.write(3, { timeout: 1 });
  const kept = efd.write(4);
  controller.abort();
  expect(await errorOf(() => aborted)).toMatchObject({ name: 'AbortError' });
  expect(await errorOf(() => late)).toMatchObject({ code: 'ERR_TIMEOUT' });
  efd.tryRead();
  await kept;
  expect(efd.tryRead()).toBe(4n);
});

test('a synchronous write that gives up leaves waiting ones their turn', async () => {
  const write = efd.write(2);
  expect(await errorOf(() => efd.writeSync(3, { timeout: 5 }))).toMatchObject({ code: 'ERR_TIMEOUT' });
  expect(counterOf(efd.fd)).toBe(MAX - 1n);
  efd.tryRead();
  await write;
  expect(efd.tryRead()).toBe(2n);
});

test('close ends waiting writes', async () => {
  const write = efd.write(2);
  efd.close();
  expect(await errorOf(() => write)).toMatchObject({ code: 'ERR_EVENTFD_CLOSED' });
});
