import { EventFd } from 'eventfd';
import { beforeEach, expect, test } from 'vitest';
import { errorOf } from '../support/errors.js';

let a: EventFd;
let b: EventFd;
let c: EventFd;

beforeEach(() => {
  a = new EventFd(0, { name: 'a' });
  b = new EventFd(0, { name: 'b' });
  c = new EventFd(0, { name: 'c' });
  return () => {
    for (const efd of [a, b, c]) efd.close();
  };
});

const names = (list: EventFd[]) => list.map((efd) => efd.name);

test('those that can be read, in the order of the list, unread', async () => {
  c.tryWrite();
  b.tryWrite();
  expect(names(EventFd.select([a, b, c]))).toEqual(['b', 'c']);
  expect(names(await EventFd.selectAsync([c, b, a]))).toEqual(['c', 'b']);
  expect([b.tryRead(), c.tryRead()]).toEqual([1n, 1n]);
});

test('selectAsync waits for the first', async () => {
  const selected = EventFd.selectAsync([a, b, c]);
  c.tryWrite(4);
  expect(names(await selected)).toEqual(['c']);
  expect(c.tryRead()).toBe(4n);
});

test('one that is listed twice is found twice', async () => {
  const selected = EventFd.selectAsync([a, a, b]);
  a.tryWrite();
  expect(names(await selected)).toEqual(['a', 'a']);
});

test('selects and reads of a descriptor take turns: what a read leaves is selected', async () => {
  const first = EventFd.selectAsync([a, b]);
  const read = a.read();
  const second = EventFd.selectAsync([a, b]);
  a.tryWrite(3);
  expect(names(await first)).toEqual(['a']);
  expect(await read).toBe(3n);
  b.tryWrite();
  expect(names(await second)).toEqual(['b']);
});

test('a cancelled select leaves nothing behind', async () => {
  const controller = new AbortController();
  const aborted = EventFd.selectAsync([a, b], { signal: controller.signal });
  const late = EventFd.selectAsync([a, b], { timeout: 1 });
  const reason = new Error('not wanted');
  controller.abort(reason);
  expect(await errorOf(() => aborted)).toBe(reason);
  expect(await errorOf(() => late)).toMatchObject({ code: 'ERR_TIMEOUT' });
  const read = a.read();
  a.tryWrite();
  expect(await read).toBe(1n);
});

test('closing one of them ends the select', async () => {
  const selected = EventFd.selectAsync([a, b, c]);
  b.close();
  expect(await errorOf(() => selected)).toMatchObject({
    code: 'ERR_EVENTFD_CLOSED',
    message: expect.stringContaining('EventFd "b" is closed'),
  });
  const read = a.read();
  a.tryWrite();
  expect(await read).toBe(1n);
});

test('500 descriptors are selected from', () => {
  const many = Array.from({ length: 500 }, () => new EventFd());
  try {
    many[321]?.tryWrite();
    expect(EventFd.select(many)).toEqual([many[321]]);
  } finally {
    for (const efd of many) efd.close();
  }
});
