import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Semaphore, type SemaphoreHandle } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { invalidHandle } from '../support/errors.js';

const received = (port: MessageChannel['port1']) => receiveMessageOnPort(port)?.message as SemaphoreHandle;

test('workers that never read their handles hold nothing up, alive or dead', async () => {
  const lock = new Semaphore(1);
  const idlers = [1, 2, 3].map(
    () => new Worker(new URL('../fixtures/never-reads.mjs', import.meta.url), { workerData: { lock } }),
  );
  await within('the workers', Promise.all(idlers.map((worker) => once(worker, 'message'))));
  for (let i = 0; i < 1000; i++) for (const idler of idlers) idler.postMessage([lock, lock.handle]);

  const permit = lock.acquireSync();
  const actor = await Actor.start({ adapter: 'Semaphore(1)', lock });
  const blocked = actor.acquire('in turn', { mode: 'sync' });
  const waiting = lock.acquire();
  permit.release();
  await within('the idlers to end', Promise.all(idlers.map((worker) => worker.terminate())));
  const other = Promise.race([blocked, waiting]);
  await within('one of the two', other, lock);
  await actor.terminate();
  (await within('the promise', waiting, lock)).release();
  expect([lock.available, lock.waiting]).toEqual([1, 0]);
});

test('a handle that is read after the object was disposed of, and its memory used again, is refused', () => {
  const { port1, port2 } = new MessageChannel();
  const lock = new Semaphore(1);
  port1.postMessage(lock);
  port1.postMessage(lock);
  const { cell } = lock.handle;
  lock[Symbol.dispose]();
  const next = new Semaphore(5);
  expect(next.handle.cell).toBe(cell);
  expect(() => Semaphore.from(received(port2))).toThrow(invalidHandle);
  expect(next.available).toBe(5);
  port1.close(); // the second is never read
});

test('a handle that was under way when its maker died attaches, since it carries its memory', async () => {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('../fixtures/posts-and-ends.mjs', import.meta.url), {
    workerData: { port: port1 },
    transferList: [port1],
  });
  await within('the end of the maker', once(worker, 'exit'));
  const semaphore = Semaphore.from(received(port2));
  expect([semaphore.name, semaphore.acquireSync({ permits: 2 }).count]).toEqual(['on its way', 2]);
  port2.close();
});
