import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { EFD_NONBLOCK, EFD_SEMAPHORE, EventFd, eventfd } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf, flagsOf, identityOf, openFor } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';
import { Peer } from '../support/peer.js';
import { finished } from '../support/run.js';

test('a child process takes over what it inherited', async () => {
  using requests = new EventFd(0, { semaphore: true });
  using replies = new EventFd();
  const path = fileURLToPath(new URL('../fixtures/adopt.mjs', import.meta.url));
  const stdio = ['ignore', 'pipe', 'pipe', requests.fd, replies.fd] as const;
  const run = finished(spawn(process.execPath, [path], { stdio: [...stdio], timeout: 20_000 }));
  requests.tryWrite(2);
  expect(await run).toEqual({ code: 0, signal: null, stdout: 'true false requests\n', stderr: '' });
  expect(replies.tryRead()).toBe(12n);
});

test('the descriptor becomes non-blocking, and is closed with the object', () => {
  const fd = eventfd(4);
  const identity = identityOf(fd);
  const efd = EventFd.adopt(fd, { name: 'mine' });
  expect([efd.fd, efd.name, efd.semaphore]).toEqual([fd, 'mine', false]);
  expect(flagsOf(fd) & EFD_NONBLOCK).toBe(EFD_NONBLOCK);
  expect(efd.tryRead()).toBe(4n);
  efd.close();
  expect(openFor(identity)).toBe(0);
});

test('a semaphore is known as one', () => {
  using efd = EventFd.adopt(eventfd(2, EFD_SEMAPHORE), { semaphore: true });
  expect(efd.semaphore).toBe(true);
  expect(efd.tryRead()).toBe(1n);
});

test('what the kernel tells goes before the option', () => {
  const fd = eventfd(2, EFD_SEMAPHORE);
  const told = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1').includes('eventfd-semaphore'); // since Linux 6.5
  using efd = EventFd.adopt(fd, { semaphore: false });
  expect(efd.semaphore).toBe(told);
});

test('an adopted one is shared by threads like any other', async () => {
  using efd = EventFd.adopt(eventfd(0));
  const peer = await Peer.start(efd);
  await peer.call('tryWrite', 3);
  expect(efd.tryRead()).toBe(3n);
  await peer.worker.terminate();
});

test('no descriptor is taken over twice', async () => {
  using efd = new EventFd(1);
  const expected = {
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: /is the descriptor of an EventFd already/,
  };
  const error = await errorOf(() => EventFd.adopt(efd.fd));
  expect(error).toMatchObject({ name: expected.name, code: expected.code });
  expect(error.message).toMatch(expected.message);
  expect(counterOf(efd.fd)).toBe(1n);
});

test('what is not an eventfd is refused, and left as it was', async () => {
  const file = openSync('/dev/null', 'r');
  const server = createServer().listen(0);
  const socket = (server as unknown as { _handle: { fd: number } })._handle.fd;
  try {
    for (const [fd, what] of [
      [file, '/dev/null'],
      [socket, 'socket:'],
    ] as const) {
      const error = await errorOf(() => EventFd.adopt(fd));
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
      expect(error.message).toContain(`is not an eventfd but ${what}`);
    }
    expect(flagsOf(file) & EFD_NONBLOCK).toBe(0);
  } finally {
    server.close();
    closeSync(file);
  }
});

test('what is not open is refused', async () => {
  expect(await errorOf(() => EventFd.adopt(1_000_000))).toMatchObject({ code: 'EBADF', errno: -9 });
});
