import { Semaphore } from '@eventfd/semaphore';
import { beforeEach, describe, expect, test } from 'vitest';
import { invalidType, outOfRange } from '../support/errors.js';

const MOST = 2 ** 29 - 1;

/** What is no number, and how a message shows it. */
const notNumbers: [unknown, string][] = [
  ['1', "type string \\('1'\\)"],
  [1n, 'type bigint \\(1n\\)'],
  [true, 'type boolean \\(true\\)'],
  [null, 'null'],
  [Symbol('s'), 'type symbol'],
  [{}, 'an instance of Object'],
  [[1], 'an instance of Array'],
  [() => 1, 'function'],
];

const notCounts = [
  -1,
  0.5,
  Number.NaN,
  Infinity,
  -Infinity,
  MOST + 1,
  2 ** 31,
  2 ** 32 + 1,
  2 ** 53,
  2 ** 60,
  -(2 ** 29),
];

let semaphore: Semaphore;
beforeEach(() => {
  semaphore = new Semaphore(2);
});

/** Calls that take a count: by the name of the argument in messages, and whether 0 will do. */
const counts: Record<string, { name: string; zero: boolean; call(count: never): unknown }> = {
  'new Semaphore(count)': { name: 'permits', zero: true, call: (count) => new Semaphore(count) },
  'new Semaphore(0, { max })': { name: 'options.max', zero: false, call: (max) => new Semaphore(0, { max }) },
  'tryAcquire(count)': { name: 'permits', zero: false, call: (count) => semaphore.tryAcquire(count) },
  'acquireSync({ permits })': {
    name: 'options.permits',
    zero: false,
    call: (permits) => semaphore.acquireSync({ permits, timeout: 0 }),
  },
  'acquire({ permits })': {
    name: 'options.permits',
    zero: false,
    call: (permits) => semaphore.acquire({ permits, timeout: 0 }),
  },
  'run(fn, { permits })': {
    name: 'options.permits',
    zero: false,
    call: (permits) => semaphore.run(() => 1, { permits, timeout: 0 }),
  },
  'runSync(fn, { permits })': {
    name: 'options.permits',
    zero: false,
    call: (permits) => semaphore.runSync(() => 1, { permits, timeout: 0 }),
  },
  'grow(count)': { name: 'permits', zero: false, call: (count) => semaphore.grow(count) },
  'shrink(count)': { name: 'permits', zero: false, call: (count) => semaphore.shrink(count) },
  'permit.split(count)': {
    name: 'count',
    zero: false,
    call(count) {
      using permit = semaphore.acquireSync({ permits: 2 });
      permit.split(count);
    },
  },
};

/** What the call throws or rejects with. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function expectUnchanged() {
  expect([semaphore.available, semaphore.permits, semaphore.waiting]).toEqual([2, 2, 0]);
}

describe.each(Object.entries(counts))('%s', (_, { name, zero, call }) => {
  test.each(notNumbers)('refuses %o', async (value, shown) => {
    expect(await errorOf(() => call(value as never))).toEqual(invalidType(name, shown));
    await expectUnchanged();
  });

  test.each(zero ? notCounts : [0, -0, ...notCounts])('refuses %d', async (value) => {
    expect(await errorOf(() => call(value as never))).toEqual(outOfRange(name, value));
    await expectUnchanged();
  });
});

type Call = (value: never) => unknown;

const optionsOf: Record<string, Call> = {
  'new Semaphore(1, options)': (options) => new Semaphore(1, options),
  'acquireSync(options)': (options) => semaphore.acquireSync(options),
  'acquire(options)': (options) => semaphore.acquire(options),
  'run(fn, options)': (options) => semaphore.run(() => 1, options),
  'runSync(fn, options)': (options) => semaphore.runSync(() => 1, options),
};

describe.each(Object.entries(optionsOf))('%s', (_, call) => {
  test.each([
    [null, 'null'],
    [5, 'type number \\(5\\)'],
    ['fair', 'type string'],
    [true, 'type boolean'],
  ])('refuses %o', async (value, shown) => {
    expect(await errorOf(() => call(value as never))).toEqual(invalidType('options', shown));
    await expectUnchanged();
  });
});

const timeouts: Record<string, Call> = {
  acquireSync: (timeout) => semaphore.acquireSync({ timeout }),
  acquire: (timeout) => semaphore.acquire({ timeout }),
  run: (timeout) => semaphore.run(() => 1, { timeout }),
  runSync: (timeout) => semaphore.runSync(() => 1, { timeout }),
};

describe.each(Object.entries(timeouts))('%s({ timeout })', (_, call) => {
  test.each(notNumbers)('refuses %o', async (value, shown) => {
    expect(await errorOf(() => call(value as never))).toEqual(invalidType('options.timeout', shown));
    await expectUnchanged();
  });

  test.each([-1, -0.001, Number.NaN, -Infinity])('refuses %d', async (value) => {
    expect(await errorOf(() => call(value as never))).toEqual(outOfRange('options.timeout', value));
    await expectUnchanged();
  });

  test.each([0, 0.5, 2 ** 31, 2 ** 53, 1e300, Infinity, undefined])('takes %d', async (value) => {
    expect(await errorOf(() => call(value as never))).toBeUndefined();
  });
});

test.each<[string, Call, string]>([
  ['signal', (signal) => semaphore.acquire({ signal }), 'options.signal'],
  ['signal of run', (signal) => semaphore.run(() => 1, { signal }), 'options.signal'],
  ['ref', (ref) => semaphore.acquire({ ref }), 'options.ref'],
  ['fair', (fair) => new Semaphore(1, { fair }), 'options.fair'],
  ['name', (name) => new Semaphore(1, { name }), 'options.name'],
  ['fn of run', (fn) => semaphore.run(fn), 'fn'],
  ['fn of runSync', (fn) => semaphore.runSync(fn), 'fn'],
])('%s of a wrong type is refused', async (_, call, name) => {
  for (const value of [null, 5, [], {}, Symbol('s')]) {
    expect(await errorOf(() => call(value as never))).toEqual(invalidType(name, ''));
  }
  await expectUnchanged();
});

test('a promise is rejected for wrong arguments, nothing is thrown', async () => {
  const wrong = { permits: -1, timeout: 'soon' } as never;
  await expect(semaphore.acquire(wrong)).rejects.toThrow();
  await expect(semaphore.run(() => 1, wrong)).rejects.toThrow();
  await expect(semaphore.run(undefined as never)).rejects.toThrow();
});

test('permits start between 0 and max', () => {
  expect(new Semaphore(0).permits).toBe(0);
  expect(new Semaphore(MOST).available).toBe(MOST);
  expect(new Semaphore(3, { max: 3 }).permits).toBe(3);
  expect(() => new Semaphore(4, { max: 3 })).toThrow(outOfRange('permits', 4));
});
