// eventfdClose, Python's os.close for what eventfd() made.
import { closeSync, openSync } from 'node:fs';
import { EFD_NONBLOCK, EFD_SEMAPHORE, EventFd, eventfd, eventfdClose, eventfdRead, eventfdWrite } from 'eventfd';
import { expect, test } from 'vitest';
import { identityOf, openFor } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';
import { runFixture } from '../support/run.js';

test.each([0, EFD_NONBLOCK, EFD_SEMAPHORE])('it closes what eventfd() made, with flags %i', (flags) => {
  const fd = eventfd(1, flags);
  const identity = identityOf(fd);
  eventfdClose(fd);
  expect(openFor(identity)).toBe(0);
});

test('what is closed is not open, to any of the functions', async () => {
  const fd = eventfd(0);
  eventfdClose(fd);
  const calls = { close: () => eventfdClose(fd), read: () => eventfdRead(fd), write: () => eventfdWrite(fd, 1) };
  for (const [syscall, call] of Object.entries(calls)) {
    expect(await errorOf(call)).toMatchObject({ code: 'EBADF', errno: -9, syscall });
  }
});

test('it leaves alone what is an EventFd of this process, on whichever thread', async () => {
  const refused = {
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: /is the descriptor of an EventFd: close that/,
  };
  using efd = new EventFd(3);
  const adopted = EventFd.adopt(eventfd(4));
  const { fd } = adopted;
  expect(await errorOf(() => eventfdClose(efd.fd))).toMatchObject(refused);
  expect(await errorOf(() => eventfdClose(fd))).toMatchObject(refused);
  expect([efd.tryRead(), adopted.tryRead()]).toEqual([3n, 4n]);
  const other = EventFd.from(adopted);
  adopted.close();
  expect(await errorOf(() => eventfdClose(fd))).toMatchObject(refused);
  other.close();
  expect(await errorOf(() => eventfdClose(fd))).toMatchObject({ code: 'EBADF' });
});

test('it closes eventfds only', async () => {
  const fd = openSync('/dev/null', 'r');
  expect(await errorOf(() => eventfdClose(fd))).toMatchObject({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: /is not an eventfd/,
  });
  closeSync(fd);
});

const wrong: [unknown, string][] = [
  ['3', 'ERR_INVALID_ARG_TYPE'],
  [undefined, 'ERR_INVALID_ARG_TYPE'],
  [3n, 'ERR_INVALID_ARG_TYPE'],
  [-1, 'ERR_OUT_OF_RANGE'],
  [0.5, 'ERR_OUT_OF_RANGE'],
  [2 ** 31, 'ERR_OUT_OF_RANGE'],
];
test.each(wrong)('of %o it says %s', async (fd, code) => {
  expect(await errorOf(() => eventfdClose(fd as never))).toMatchObject({ code, message: /"fd"/ });
});

test.each(['main', 'worker', 'elsewhere'])('Node warns of nothing: %s', async (where) => {
  expect(await runFixture('closes.mjs', where)).toEqual({ code: 0, signal: null, stdout: 'closed\n', stderr: '' });
});
