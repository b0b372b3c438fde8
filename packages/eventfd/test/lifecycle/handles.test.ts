import { EventFd } from 'eventfd';
import { afterAll, describe, expect, test } from 'vitest';
import { errorOf } from '../support/errors.js';

const efd = new EventFd(0, { name: 'real' });
const handle = efd.handle;
afterAll(() => efd.close());

const forged: [string, unknown, RegExp][] = [
  ['undefined', undefined, /Not the handle of an EventFd: undefined/],
  ['null', null, /null/],
  ['a descriptor', 3, /type number \(3\)/],
  ['a string', 'EventFd', /type string \('EventFd'\)/],
  ['an empty object', {}, /an instance of Object with type undefined/],
  ['an object whose handle is null', { handle: null }, /null/],
  ['an array', [handle], /an instance of Array/],
  ['a handle of another type', { handle: { ...handle, type: 'Semaphore' } }, /type string \('Semaphore'\)/],
  [
    'a handle of another copy of the addon',
    { ...handle, addon: 1 },
    /another copy of the addon: found type number \(1\)/,
  ],
  ['a handle without an addon', { ...handle, addon: undefined }, /found undefined/],
  ['an id that was never given', { ...handle, id: 1e9 }, /found id 1000000000/],
  ['a negative id', { ...handle, id: -1 }, /found id -1/],
  ['an id that is no number', { ...handle, id: '1' }, /damaged: id is type string \('1'\)/],
  ['an id that is NaN', { ...handle, id: Number.NaN }, /damaged: id is type number \(NaN\)/],
  ['an id that is huge', { ...handle, id: 2 ** 80 }, /damaged/],
  ['another descriptor', { ...handle, fd: handle.fd + 1 }, /damaged: found descriptor \d+, semaphore false, id \d+ is/],
  ['no descriptor', { ...handle, fd: undefined }, /damaged/],
  ['another kind', { ...handle, semaphore: true }, /semaphore true, id \d+ is descriptor \d+, semaphore false/],
  ['a name that is an object', { ...handle, name: {} }, /damaged/],
];

describe('EventFd.from refuses', () => {
  test.each(forged)('%s', async (_what, source, message) => {
    const error = await errorOf(() => EventFd.from(source as EventFd));
    expect(error).toMatchObject({ name: 'InvalidHandleError', code: 'ERR_INVALID_HANDLE' });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });
});

test('a refused handle leaves the count as it was', () => {
  using other = EventFd.from(handle);
  expect(() => EventFd.from({ ...handle, fd: -1 })).toThrow();
  efd.tryWrite();
  expect(other.tryRead()).toBe(1n);
});

test('a handle that says something else when it is asked again is believed once', () => {
  using efd = new EventFd(3);
  for (const field of ['id', 'fd', 'semaphore', 'name'] as const) {
    let asked = 0;
    const get = () => (asked++ === 0 ? efd.handle[field] : Symbol('changed'));
    using twin = EventFd.from(Object.defineProperty({ ...efd.handle }, field, { get }));
    expect([twin.fd, twin.name]).toEqual([efd.fd, undefined]);
  }
});
