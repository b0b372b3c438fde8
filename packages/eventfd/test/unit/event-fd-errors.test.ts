import { EventFd } from 'eventfd';
import { afterAll, describe, expect, test } from 'vitest';
import { counterOf } from '../support/descriptors.js';
import { errorOf } from '../support/errors.js';

// biome-ignore lint/suspicious/noExplicitAny: what callers without TypeScript pass
const Any = EventFd as any;
const efd = new Any(0);
const full = new Any(0);
full.tryWrite(2n ** 64n - 2n);

afterAll(() => {
  efd.close();
  full.close();
});

const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const value = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

const arguments_: [string, () => unknown, object][] = [
  ['initval a string', () => new Any('1'), type],
  ['initval null', () => new Any(null), type],
  ['initval negative', () => new Any(-1), range],
  ['initval 2 ** 32', () => new Any(2 ** 32), range],
  ['initval a fraction', () => new Any(1.5), range],
  ['options a string', () => new Any(0, 'semaphore'), type],
  ['options null', () => new Any(0, null), type],
  ['semaphore a number', () => new Any(0, { semaphore: 1 }), type],
  ['inheritable a string', () => new Any(0, { inheritable: 'yes' }), type],
  ['name a number', () => new Any(0, { name: 1 }), type],
  ['tryWrite of a string', () => efd.tryWrite('1'), type],
  ['tryWrite of null', () => efd.tryWrite(null), type],
  ['tryWrite below 0', () => efd.tryWrite(-1), range],
  ['tryWrite of a fraction', () => efd.tryWrite(0.5), range],
  ['tryWrite of 2 ** 64 - 1', () => efd.tryWrite(2n ** 64n - 1n), range],
  ['tryWrite of an inexact number', () => efd.tryWrite(2 ** 60), range],
  ['writeSync of a symbol', () => efd.writeSync(Symbol('x')), type],
  ['writeSync of 2 ** 64', () => efd.writeSync(2n ** 64n), range],
  ['writeSync with a timeout below 0', () => efd.writeSync(1, { timeout: -1 }), range],
  ['write of a string', () => efd.write('1'), type],
  ['write of -1n', () => efd.write(-1n), range],
  ['readSync with a timeout of NaN', () => efd.readSync({ timeout: Number.NaN }), range],
  ['readSync with a timeout of a string', () => efd.readSync({ timeout: '1' }), type],
  ['readSync with a number', () => efd.readSync(1), type],
  ['read with a timeout of a bigint', () => efd.read({ timeout: 1n }), type],
  ['read with a signal of its own making', () => efd.read({ signal: { aborted: false } }), type],
  ['read with ref a number', () => efd.read({ ref: 0 }), type],
  ['select of one that is not in a list', () => Any.select(efd), type],
  ['select of a list of descriptors', () => Any.select([efd.fd]), type],
  ['select of a hole', () => Any.select(new Array(1)), type],
  ['select of nothing', () => Any.select([]), value],
  ['select with a timeout below 0', () => Any.select([efd], { timeout: -1 }), range],
  ['selectAsync of nothing', () => Any.selectAsync([]), value],
  ['selectAsync with null', () => Any.selectAsync([efd], null), type],
  ['adopt of a string', () => Any.adopt('1'), type],
  ['adopt of -1', () => Any.adopt(-1), range],
  ['adopt with semaphore a number', () => Any.adopt(1, { semaphore: 1 }), type],
];

describe('arguments', () => {
  test.each(arguments_)('%s', async (_what, call, expected) => {
    expect(await errorOf(call)).toMatchObject(expected);
    expect(counterOf(efd.fd)).toBe(0n);
  });
});

const closed = new Any(1, { name: 'shut' });
const places: [string, () => unknown][] = [
  ['fd', () => closed.fd],
  ['tryRead', () => closed.tryRead()],
  ['readSync', () => closed.readSync()],
  ['read', () => closed.read()],
  ['tryWrite', () => closed.tryWrite()],
  ['writeSync', () => closed.writeSync()],
  ['write', () => closed.write()],
  ['ref', () => closed.ref()],
  ['unref', () => closed.unref()],
  ['select', () => EventFd.select([efd, closed])],
  ['selectAsync', () => EventFd.selectAsync([efd, closed])],
];

describe('a closed object', () => {
  test.each(places)('refuses %s', async (_name, call) => {
    closed.close();
    expect(await errorOf(call)).toMatchObject({
      name: 'ClosedError',
      code: 'ERR_EVENTFD_CLOSED',
      message: expect.stringContaining('EventFd "shut" is closed'),
    });
  });
});

const timeouts: [string, () => unknown, string][] = [
  ['readSync', () => efd.readSync({ timeout: 5 }), `A read of EventFd ${efd.fd}`],
  ['read', () => efd.read({ timeout: 5 }), `A read of EventFd ${efd.fd}`],
  ['writeSync', () => full.writeSync(1, { timeout: 5 }), `A write to EventFd ${full.fd}`],
  ['write', () => full.write(1, { timeout: 5 }), `A write to EventFd ${full.fd}`],
  ['select', () => EventFd.select([efd], { timeout: 5 }), 'A select'],
  ['selectAsync', () => EventFd.selectAsync([efd], { timeout: 5 }), 'A select'],
];

describe('a timeout', () => {
  test.each(timeouts)('ends %s', async (_name, call, what) => {
    const start = performance.now();
    expect(await errorOf(call)).toMatchObject({
      name: 'TimeoutError',
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining(`${what} did not happen within 5 ms`),
    });
    expect(performance.now() - start).toBeGreaterThan(4); // timers may be a fraction of a millisecond early
  });

  test.each([
    ['readSync', () => efd.readSync({ timeout: 0 })],
    ['read', () => efd.read({ timeout: 0 })],
    ['writeSync', () => full.writeSync(1, { timeout: 0 })],
    ['write', () => full.write(1, { timeout: 0 })],
    ['select', () => EventFd.select([efd], { timeout: 0 })],
    ['selectAsync', () => EventFd.selectAsync([efd], { timeout: 0 })],
  ])('of 0 makes %s try once', async (_name, call) => {
    expect(await errorOf(call)).toMatchObject({ code: 'ERR_TIMEOUT' });
  });
});
