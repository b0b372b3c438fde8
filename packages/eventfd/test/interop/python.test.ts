// A real Python process at the other end of the descriptor.
import { closeSync } from 'node:fs';
import { EFD_NONBLOCK, EventFd, eventfd, eventfdRead, eventfdWrite } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf, flagsOf } from '../support/descriptors.js';
import { python } from '../support/python.js';

const MAX = 2n ** 64n - 2n;
const well = { code: 0, signal: null, stderr: '' };

test('Python reads what was written here, and is read here', async () => {
  using there = new EventFd(0);
  using here = new EventFd(0);
  const program = `
select.select([3], [], [])
os.eventfd_write(4, os.eventfd_read(3) + 1)`;
  const run = python(program, [there.fd, here.fd]);
  const read = here.read();
  await there.write(41);
  expect(await read).toBe(42n);
  expect(await run).toMatchObject(well);
});

test('Python blocks in its read until a plain function writes, and the other way round', async () => {
  const there = eventfd(0);
  const here = eventfd(0);
  try {
    const run = python('os.eventfd_write(4, os.eventfd_read(3) * 2)', [there, here]);
    eventfdWrite(there, 21);
    expect(eventfdRead(here)).toBe(42n);
    expect(await run).toMatchObject(well);
  } finally {
    closeSync(there);
    closeSync(here);
  }
});

test('Python and threads here take from one semaphore, and nothing is lost', async () => {
  using slots = new EventFd(1000, { semaphore: true });
  const program = `
taken = 0
while True:
    try:
        os.eventfd_read(3)
        taken += 1
    except BlockingIOError:
        print(taken)
        break`;
  const run = python(program, [slots.fd]);
  let here = 0;
  while (slots.tryRead() !== undefined) here++;
  const { stdout, ...ended } = await run;
  expect(ended).toEqual(well);
  expect(here + Number(stdout)).toBe(1000);
});

test('poll tells Python what can be done: 0 is writable, 2 ** 64 - 2 readable, all between is both', async () => {
  using efd = new EventFd();
  const program = `
poll = select.poll()
poll.register(3, select.POLLIN | select.POLLOUT)
seen = lambda: {select.POLLIN: 'in', select.POLLOUT: 'out'}.get(poll.poll(0)[0][1], 'both')
for value in [0, 1, 2**64 - 4, 1]:
    os.eventfd_write(3, value)
    print(seen(), end=' ')`;
  expect(await python(program, [efd.fd])).toMatchObject({ ...well, stdout: 'out both both in ' });
  expect(efd.tryRead()).toBe(MAX);
});

test('a duplicate shares the counter and O_NONBLOCK', async () => {
  const fd = eventfd(5);
  try {
    const program = `
copy = os.dup(3)
os.set_blocking(copy, False)
os.eventfd_write(copy, 2)`;
    expect(await python(program, [fd])).toMatchObject(well);
    expect(counterOf(fd)).toBe(7n);
    expect(flagsOf(fd) & EFD_NONBLOCK).toBe(EFD_NONBLOCK);
  } finally {
    closeSync(fd);
  }
});

test('an object goes on without blocking when the other process made the descriptor blocking', async () => {
  using efd = new EventFd();
  // As its stdin, Node itself has made it so in the child.
  expect(await python('os.set_blocking(0, True)', [], efd.fd)).toMatchObject(well);
  expect(flagsOf(efd.fd) & EFD_NONBLOCK).toBe(0);

  expect(efd.tryRead()).toBeUndefined();
  expect(efd.tryWrite(MAX)).toBe(true);
  expect(efd.tryWrite(1)).toBe(false);
  const write = efd.write(3);
  expect(efd.tryRead()).toBe(MAX);
  await write;
  expect(await efd.read()).toBe(3n);
});

test('a child inherits the descriptor by its number only if it was asked for', async () => {
  using inheritable = new EventFd(0, { inheritable: true });
  using kept = new EventFd();
  const program = (efd: EventFd) => `os.eventfd_write(${efd.fd}, 6)`;
  expect(await python(program(inheritable), [])).toMatchObject(well);
  expect(inheritable.tryRead()).toBe(6n);
  const { code, stderr } = await python(program(kept), []);
  expect(code).toBe(1);
  expect(stderr).toContain('Bad file descriptor');
});
