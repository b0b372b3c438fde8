// One descriptor for all threads, counted.

import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setEnvironmentData, Worker } from 'node:worker_threads';
import { EventFd, eventfd, eventfdRead, eventfdWrite } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf, identityOf, openFor, openForWaits } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';
import { Peer } from '../support/peer.js';

const MAX = 2n ** 64n - 2n;

test('threads wake each other, whichever way they wait', async () => {
  using efd = new EventFd();
  const peer = await Peer.start(efd);
  expect(await peer.call('fd')).toBe(efd.fd);

  await peer.begin('readSync');
  efd.tryWrite(3);
  expect(await peer.result()).toBe(3n);

  await peer.begin('read');
  efd.writeSync(4);
  expect(await peer.result()).toBe(4n);

  await peer.begin('select');
  await efd.write(5);
  expect(await peer.result()).toBe(1);
  expect(await peer.call('selectAsync')).toBe(1);
  expect(await peer.call('tryRead')).toBe(5n);

  const read = efd.read();
  await peer.call('write', 7);
  expect(await read).toBe(7n);

  await peer.begin('tryWrite', 8);
  expect(efd.readSync()).toBe(8n);
  await peer.result();
  await peer.worker.terminate();
});

test('a blocking read and a blocking write of a plain descriptor wait for the other thread', async () => {
  using efd = new EventFd();
  const peer = await Peer.start(efd);
  const fd = eventfd(0);
  await peer.begin('eventfdRead', fd);
  eventfdWrite(fd, 3);
  expect(await peer.result()).toBe(3n);

  eventfdWrite(fd, 1);
  await peer.begin('eventfdWrite', fd, MAX); // one more would fit, this does not
  expect(eventfdRead(fd)).toBe(1n);
  await peer.result();
  expect(eventfdRead(fd)).toBe(MAX);
  closeSync(fd);
  await peer.worker.terminate();
});

test('threads wait for room that another makes, whichever way they wait', async () => {
  using efd = new EventFd();
  const peer = await Peer.start(efd);
  for (const method of ['writeSync', 'write']) {
    efd.tryWrite(MAX - 1n);
    await peer.begin(method, 5); // one more would fit, five do not
    expect(efd.readSync()).toBe(MAX - 1n);
    await peer.result();
    expect(efd.tryRead()).toBe(5n);
  }
  await peer.worker.terminate();
});

test('nothing is lost or made up among four threads that read and write at once', async () => {
  using full = new EventFd(0, { semaphore: true });
  using done = new EventFd();
  const file = new URL('../fixtures/take.mjs', import.meta.url);
  const modes = ['readSync', 'read', 'tryRead', 'iterate'];
  const workers = modes.map((mode) => new Worker(file, { workerData: { full, done, mode } }));
  const exits = workers.map((worker) => once(worker, 'exit'));
  const taken = workers.map((worker) => once(worker, 'message').then(([count]) => count as number));
  const total = 20_000;
  for (let i = 0; i < total; i++) full.tryWrite();
  let seen = 0n;
  while (seen < total) seen += await done.read();
  for (const worker of workers) worker.postMessage('stop');
  // A blocked one must get one more to see that it is to stop, and any that has not seen it yet may take that first.
  let written = total;
  let stopped = false;
  const counts = Promise.all(taken).finally(() => {
    stopped = true;
  });
  for (; !stopped; written++) {
    full.tryWrite();
    await nextTurn();
  }
  await Promise.all(exits);
  const sum = (await counts).reduce((a, b) => a + b);
  expect(sum + Number(counterOf(full.fd))).toBe(written);
});

test('the descriptor stays until the last thread closes', async () => {
  const efd = new EventFd();
  const identity = identityOf(efd.fd);
  const [first, second] = await Promise.all([Peer.start(efd), Peer.start(efd)]);
  efd.close();
  expect(openFor(identity)).toBe(1);
  await first.call('tryWrite', 9);
  expect(await second.call('tryRead')).toBe(9n);
  await first.call('close');
  expect(openFor(identity)).toBe(1);
  await second.call('close');
  expect(openFor(identity)).toBe(0);
  await Promise.all([first.worker.terminate(), second.worker.terminate()]);
});

test.each([
  ['terminate() while it blocks', 'readSync', 'terminate'],
  ['terminate() while it waits', 'read', 'terminate'],
  ['terminate() while it is idle', 'tryRead', 'terminate'],
  ['process.exit()', 'end', undefined],
])('a thread that ends by %s lets go', async (_how, method, end) => {
  const efd = new EventFd();
  const identity = identityOf(efd.fd);
  const peer = await Peer.start(efd);
  efd.close();
  expect(openFor(identity)).toBe(1);
  await peer.begin(method);
  if (end === 'terminate') await peer.worker.terminate();
  await peer.exited;
  expect(openFor(identity)).toBe(0);
});

test('a thread that makes one and ends leaves no descriptor', async () => {
  const before = openForWaits();
  const worker = new Worker(new URL('../fixtures/abandon.mjs', import.meta.url));
  await once(worker, 'exit');
  expect(openForWaits()).toBe(before);
});

test('what is posted can be attached, however it travels', async () => {
  using efd = new EventFd(0, { semaphore: true, name: 'posted' });
  const { port1, port2 } = new MessageChannel();
  const arrived = once(port2, 'message');
  port1.postMessage(efd);
  using attached = EventFd.from((await arrived)[0]);
  port1.close();
  expect([attached.fd, attached.semaphore, attached.name]).toEqual([efd.fd, true, 'posted']);

  setEnvironmentData('efd', efd);
  const worker = new Worker(new URL('../fixtures/write.mjs', import.meta.url));
  await once(worker, 'exit');
  expect([efd.tryRead(), efd.tryRead(), efd.tryRead()]).toEqual([1n, 1n, undefined]);
});

test('a handle that outlives its eventfd is refused in every thread', async () => {
  const efd = new EventFd(0, { name: 'gone' });
  const { handle, fd } = efd;
  efd.close();
  using reuser = new EventFd();
  expect(reuser.fd).toBe(fd);
  const expected = {
    name: 'InvalidHandleError',
    code: 'ERR_INVALID_HANDLE',
    message: expect.stringContaining(
      `The EventFd "gone" is gone: found id ${handle.id}, once descriptor ${fd}, attached nowhere`,
    ),
  };
  expect(await errorOf(() => EventFd.from(handle))).toMatchObject(expected);
  const worker = new Worker(new URL('../fixtures/peer.mjs', import.meta.url), { workerData: { efd: { handle } } });
  const [error] = await once(worker, 'error');
  expect(error.code).toBe('ERR_INVALID_HANDLE');
});
