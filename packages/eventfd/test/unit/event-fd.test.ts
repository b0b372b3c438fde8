// One thread: what the object does without waiting.
import { inspect } from 'node:util';
import { EFD_CLOEXEC, EFD_NONBLOCK, EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf, flagsOf, identityOf, openFor } from '../support/descriptors.js';

const MAX = 2n ** 64n - 2n;

test('it starts from initval, a number or a bigint, or from 0', () => {
  using none = new EventFd();
  using some = new EventFd(5);
  using most = new EventFd(2n ** 32n - 1n);
  expect([none.tryRead(), some.tryRead(), most.tryRead()]).toEqual([undefined, 5n, 2n ** 32n - 1n]);
});

test('a read takes all, a write adds', () => {
  using efd = new EventFd();
  expect([efd.tryWrite(), efd.tryWrite(2), efd.tryWrite(3n), efd.tryWrite(0)]).toEqual([true, true, true, true]);
  expect(efd.tryRead()).toBe(6n);
  expect(efd.tryRead()).toBeUndefined();
});

test('a read of a semaphore takes 1', () => {
  using efd = new EventFd(2, { semaphore: true });
  expect(efd.semaphore).toBe(true);
  expect([efd.tryRead(), efd.tryRead(), efd.tryRead()]).toEqual([1n, 1n, undefined]);
});

test('a write that does not fit adds nothing', () => {
  using efd = new EventFd();
  expect(efd.tryWrite(MAX - 1n)).toBe(true);
  expect(efd.tryWrite(2)).toBe(false);
  expect(efd.tryWrite(1)).toBe(true);
  expect(efd.tryWrite(1)).toBe(false);
  expect(efd.tryWrite(0)).toBe(true);
  expect(efd.tryRead()).toBe(MAX);
});

test('the descriptor is non-blocking, and inheritable only if asked for', () => {
  using efd = new EventFd();
  using inheritable = new EventFd(0, { inheritable: true });
  expect(flagsOf(efd.fd) & (EFD_NONBLOCK | EFD_CLOEXEC)).toBe(EFD_NONBLOCK | EFD_CLOEXEC);
  expect(flagsOf(inheritable.fd) & (EFD_NONBLOCK | EFD_CLOEXEC)).toBe(EFD_NONBLOCK);
});

test('the descriptor is closed with the object, once', () => {
  const efd = new EventFd();
  const identity = identityOf(efd.fd);
  expect(openFor(identity)).toBe(1);
  efd.close();
  efd.close();
  expect(efd.closed).toBe(true);
  expect(openFor(identity)).toBe(0);
});

test('`using` closes it', () => {
  let seen: EventFd;
  {
    using efd = new EventFd();
    seen = efd;
  }
  expect(seen.closed).toBe(true);
});

test('inspect shows what it is, and never throws', () => {
  const efd = new EventFd(1, { semaphore: true, name: 'free slots' });
  expect(inspect(efd)).toBe(`EventFd { fd: ${efd.fd}, semaphore: true, closed: false, name: 'free slots' }`);
  efd.close();
  expect(inspect(efd)).toBe("EventFd { fd: undefined, semaphore: true, closed: true, name: 'free slots' }");
});

test('its handle is the only thing of its own that a message would copy', () => {
  using efd = new EventFd(0, { name: 'a' });
  expect(Object.keys(efd)).toEqual(['handle']);
  expect(structuredClone(efd)).toEqual({ handle: efd.handle });
  expect(Object.isFrozen(efd.handle)).toBe(true);
  expect(() => Object.assign(efd, { handle: {} })).toThrow(TypeError);
});

test('two objects of one thread share the counter, and each is closed on its own', () => {
  const first = new EventFd(1, { name: 'shared' });
  const second = EventFd.from(first);
  const third = EventFd.from(first.handle);
  const identity = identityOf(first.fd);
  expect(second.name).toBe('shared');
  expect(counterOf(second.fd)).toBe(1n);
  first.close();
  expect(second.tryRead()).toBe(1n);
  second.close();
  expect(openFor(identity)).toBe(1);
  third.close();
  expect(openFor(identity)).toBe(0);
});
