// Waiting to read, in one thread.
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';

test('what is there is read at once, in all three ways', async () => {
  using efd = new EventFd(3, { semaphore: true });
  expect([efd.tryRead(), efd.readSync(), await efd.read()]).toEqual([1n, 1n, 1n]);
});

test('a waiting read gets what is written later', async () => {
  using efd = new EventFd();
  const read = efd.read();
  efd.tryWrite(7);
  expect(await read).toBe(7n);
});

test('waiting reads are served in their order', async () => {
  using efd = new EventFd(0, { semaphore: true });
  const order: number[] = [];
  const reads = [0, 1, 2, 3].map((i) => efd.read().then(() => order.push(i)));
  efd.tryWrite(2);
  await Promise.all(reads.slice(0, 2));
  expect(order).toEqual([0, 1]);
  efd.tryWrite(2);
  await Promise.all(reads);
  expect(order).toEqual([0, 1, 2, 3]);
});

test('a read does not overtake those that wait', async () => {
  using efd = new EventFd(0, { semaphore: true });
  const order: string[] = [];
  const first = efd.read().then(() => order.push('first'));
  efd.tryWrite(2);
  const second = efd.read().then(() => order.push('second'));
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('objects of one descriptor share the order', async () => {
  using efd = new EventFd(0, { semaphore: true });
  using other = EventFd.from(efd);
  const order: string[] = [];
  const reads = [efd.read().then(() => order.push('efd')), other.read().then(() => order.push('other'))];
  efd.tryWrite();
  await reads[0];
  efd.tryWrite();
  await reads[1];
  expect(order).toEqual(['efd', 'other']);
});

test('an aborted read rejects with the reason and takes nothing', async () => {
  using efd = new EventFd();
  const controller = new AbortController();
  const read = efd.read({ signal: controller.signal });
  const next = efd.read();
  const reason = new Error('not wanted');
  controller.abort(reason);
  expect(await errorOf(() => read)).toBe(reason);
  efd.tryWrite(4);
  expect(await next).toBe(4n);
});

test('an abort in the same turn as the write takes nothing either', async () => {
  using efd = new EventFd();
  const controller = new AbortController();
  const read = efd.read({ signal: controller.signal });
  efd.tryWrite(4);
  controller.abort();
  expect(await errorOf(() => read)).toMatchObject({ name: 'AbortError' });
  expect(efd.tryRead()).toBe(4n);
});

test('a signal that has aborted before takes nothing', async () => {
  using efd = new EventFd(1);
  const reason = new Error('too late');
  expect(await errorOf(() => efd.read({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  expect(efd.tryRead()).toBe(1n);
});

test('a timeout takes nothing and lets the next one be served', async () => {
  using efd = new EventFd();
  const short = efd.read({ timeout: 1 });
  const long = efd.read();
  expect(await errorOf(() => short)).toMatchObject({ code: 'ERR_TIMEOUT' });
  efd.tryWrite(4);
  expect(await long).toBe(4n);
});

test('a timeout beyond the longest timer does not fire at once', async () => {
  using efd = new EventFd();
  const warned = once(process, 'warning').then(([warning]) => warning);
  const read = efd.read({ timeout: 2 ** 31 });
  await nextTurn();
  await nextTurn();
  efd.tryWrite(4);
  expect(await Promise.race([read, warned])).toBe(4n);
});

test('a settled read leaves no listener on its signal', async () => {
  using efd = new EventFd();
  const { signal } = new AbortController();
  const added: unknown[] = [];
  const removed: unknown[] = [];
  signal.addEventListener = (_type: string, listener: unknown) => added.push(listener);
  signal.removeEventListener = (_type: string, listener: unknown) => removed.push(listener);
  const read = efd.read({ signal });
  efd.tryWrite();
  await read;
  expect(added).toHaveLength(1);
  expect(removed).toEqual(added);
});

test('close ends the reads of its object, not those of another of the same descriptor', async () => {
  const efd = new EventFd();
  using other = EventFd.from(efd);
  const mine = efd.read();
  const theirs = other.read();
  efd.close();
  expect(await errorOf(() => mine)).toMatchObject({ code: 'ERR_EVENTFD_CLOSED' });
  other.tryWrite(2);
  expect(await theirs).toBe(2n);
});

test('10,000 waiting reads are served, and nothing is lost or made up', async () => {
  using efd = new EventFd(0, { semaphore: true });
  const reads = Array.from({ length: 10_000 }, () => efd.read());
  efd.tryWrite(10_001);
  expect(new Set(await Promise.all(reads))).toEqual(new Set([1n]));
  expect(counterOf(efd.fd)).toBe(1n);
});
