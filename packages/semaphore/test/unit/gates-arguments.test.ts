import { Barrier, Event, Latch, Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { invalidType, outOfRange } from '../support/errors.js';

const MOST = 2 ** 29 - 1;

/** Thrown, or what the promise rejects with. */
async function failure(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

const signal = new Signal();
const event = new Event();
const latch = new Latch(1);
const barrier = new Barrier(2);

/** Calls that take a count, with its name in messages and its least. */
const counts: [string, string, number, (count: never) => unknown][] = [
  ['new Signal', 'initial', 0, (count) => new Signal(count)],
  ['signal.post', 'count', 1, (count) => signal.post(count)],
  ['new Latch', 'count', 0, (count) => new Latch(count)],
  ['latch.countDown', 'count', 1, (count) => latch.countDown(count)],
  ['new Barrier', 'parties', 1, (count) => new Barrier(count)],
];

const notNumbers: [unknown, string][] = [
  ['1', "type string \\('1'\\)"],
  [1n, 'type bigint'],
  [true, 'type boolean'],
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
  2 ** 32,
  2 ** 32 + 1,
  2 ** 53,
  -(2 ** 31),
];

describe.each(counts)('%s', (_, name, least, call) => {
  test.each(notNumbers)('refuses %o', async (value, shown) => {
    expect(await failure(() => call(value as never))).toEqual(invalidType(name, shown));
  });
  test.each([...notCounts, least - 1])('refuses %d', async (value) => {
    expect(await failure(() => call(value as never))).toEqual(outOfRange(name, value));
  });
});

test('what has no default must be there', async () => {
  for (const call of [() => new Latch(undefined as never), () => new Barrier(undefined as never)]) {
    expect(await failure(call)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  }
  expect(new Signal(undefined).count).toBe(0);
});

/** Calls that take options. */
const constructors: [string, (options: never) => unknown][] = [
  ['new Signal', (options) => new Signal(0, options)],
  ['new Event', (options) => new Event(options)],
  ['new Latch', (options) => new Latch(1, options)],
  ['new Barrier', (options) => new Barrier(1, options)],
];
const asyncWaits: [string, (options: never) => unknown][] = [
  ['signal.wait', (options) => signal.wait(options)],
  ['event.wait', (options) => event.wait(options)],
  ['latch.wait', (options) => latch.wait(options)],
  ['latch.arriveAndWait', (options) => latch.arriveAndWait(options)],
  ['barrier.wait', (options) => barrier.wait(options)],
];
const syncWaits: [string, (options: never) => unknown][] = [
  ['signal.waitSync', (options) => signal.waitSync(options)],
  ['event.waitSync', (options) => event.waitSync(options)],
  ['latch.waitSync', (options) => latch.waitSync(options)],
  ['latch.arriveAndWaitSync', (options) => latch.arriveAndWaitSync(options)],
  ['barrier.waitSync', (options) => barrier.waitSync(options)],
];

describe.each([...constructors, ...asyncWaits, ...syncWaits])('%s', (_, call) => {
  test.each([
    [null, 'null'],
    [5, 'type number \\(5\\)'],
    ['fast', 'type string'],
    [Symbol('s'), 'type symbol'],
    [() => 1, 'function'],
  ])('refuses options that are %o', async (options, shown) => {
    expect(await failure(() => call(options as never))).toEqual(invalidType('options', shown));
  });
});

describe.each(constructors)('%s', (_, call) => {
  test.each([5, null, {}, Symbol('s')])('refuses the name %o', async (name) => {
    expect(await failure(() => call({ name } as never))).toEqual(invalidType('options.name', '.*'));
  });
});

test.each([1, null, 'true', {}])('an event refuses set: %o', async (set) => {
  expect(await failure(() => new Event({ set } as never))).toEqual(invalidType('options.set', '.*'));
});

test.each([1, null, 'true', {}])('an event refuses autoReset: %o', async (autoReset) => {
  expect(await failure(() => new Event({ autoReset } as never))).toEqual(invalidType('options.autoReset', '.*'));
});

describe.each([...asyncWaits, ...syncWaits])('%s', (_, call) => {
  test.each(['1', null, 1n, {}])('refuses timeout: %o', async (timeout) => {
    expect(await failure(() => call({ timeout } as never))).toEqual(invalidType('options.timeout', '.*'));
  });
  test.each([-1, -0.001, Number.NaN, -Infinity])('refuses timeout: %d', async (timeout) => {
    expect(await failure(() => call({ timeout } as never))).toEqual(outOfRange('options.timeout', timeout));
  });
});

describe.each(asyncWaits)('%s rejects, and does not throw,', (_, call) => {
  test('what is no AbortSignal', async () => {
    for (const signal of [null, {}, 'now', new AbortController(), new EventTarget()]) {
      const promise = call({ signal } as never) as Promise<unknown>;
      await expect(promise).rejects.toEqual(invalidType('options.signal', '.*'));
    }
  });
  test('a ref that is no boolean', async () => {
    for (const ref of [1, null, 'no']) {
      const promise = call({ ref } as never) as Promise<unknown>;
      await expect(promise).rejects.toEqual(invalidType('options.ref', '.*'));
    }
  });
});

test('none of it counted, waited or broke anything', () => {
  expect([signal.count, signal.waiting]).toEqual([0, 0]);
  expect([event.isSet, event.waiting]).toEqual([false, 0]);
  expect([latch.count, latch.waiting]).toEqual([1, 0]);
  expect([barrier.broken, barrier.waiting]).toEqual([false, 0]);
});
