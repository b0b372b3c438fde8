/** `warnAfter`, of the object; of the environment in long-waits.test.ts. */
import { Barrier, Condition, Event, Latch, Mutex, RateLimit, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { run } from '../support/child.js';

interface Said {
  readonly name: string;
  readonly message: string;
  readonly detail: string;
  /** Of the channel, here and in the worker that blocked. */
  readonly told: unknown[];
  readonly blocked: unknown[];
}

const methods: Record<string, readonly [string, string]> = {
  Semaphore: ['acquire', 'acquireSync'],
  Mutex: ['lock', 'lockSync'],
  RwLock: ['read', 'writeSync'],
  Condition: ['wait', 'waitSync'],
  Event: ['wait', 'waitSync'],
  Latch: ['wait', 'waitSync'],
  Barrier: ['wait', 'waitSync'],
  Signal: ['wait', 'waitSync'],
  RateLimit: ['acquire', 'acquireSync'],
};
const kinds = Object.keys(methods);

describe('a wait that lasts longer says so once', () => {
  let ended: ReturnType<typeof run> | undefined;

  test.each(kinds)('%s: a promise, and a blocked thread of those it was posted to', async (kind) => {
    ended ??= run('warn-after.mjs');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    const said = (JSON.parse(stdout) as Record<string, Said>)[kind] as Said;
    const [wait, waitSync] = methods[kind] as readonly [string, string];
    const name = `slow ${kind}`;
    expect(said.name).toBe('LongWaitWarning');
    expect(said.message).toMatch(new RegExp(`^${wait}\\(\\) of ${kind} "${name}" has waited for \\d+ ms$`));
    // Whose it is to say who holds it.
    const holder = { Mutex: ' {2}held by thread 0: 1\\n', RwLock: ' {2}held by thread 0: 1 to write\\n' }[kind] ?? '';
    const wants = kind === 'RwLock' ? ', wants to read' : '';
    expect(said.detail).toMatch(new RegExp(`^${holder} {2}thread 0 waiting for \\d+ ms${wants}$`));
    expect(said.told).toEqual([[kind, name, wait, true]]);
    expect(said.blocked).toEqual([[kind, name, waitSync, true]]);
    // What a blocked thread says itself.
    const blocked = `LongWaitWarning: ${waitSync}\\(\\) of ${kind} "${name}" has waited for \\d+ ms\\n`;
    expect(stderr.match(new RegExp(blocked, 'g'))).toHaveLength(1);
  });
});

test("what is said of a wait is not another thread's, whose object lies at the same place of another arena", async () => {
  const { code, stdout, stderr } = await run('long-wait-twins.mjs');
  expect(code, stderr).toBe(0);
  const detail = expect.stringMatching(/^ {2}held by thread 0: 1\n {2}thread 0 waiting for \d+ ms$/);
  expect(JSON.parse(stdout)).toEqual([true, detail]);
});

/** Makes each class with the option, and opens it, where it has names. */
const makers: Record<string, (options: { warnAfter?: number }) => { handle: object }> = {
  Semaphore: (options) => new Semaphore(1, options),
  'Semaphore.open': (options) => Semaphore.open('patient 1', 1, options),
  Mutex: (options) => new Mutex(options),
  'Mutex.open': (options) => Mutex.open('patient 2', options),
  RwLock: (options) => new RwLock(options),
  'RwLock.open': (options) => RwLock.open('patient 3', options),
  Condition: (options) => new Condition(new Mutex(), options),
  'Condition.open': (options) => Condition.open('patient 4', Mutex.open('patient 2'), options),
  Event: (options) => new Event(options),
  'Event.open': (options) => Event.open('patient 5', options),
  Latch: (options) => new Latch(1, options),
  'Latch.open': (options) => Latch.open('patient 6', 1, options),
  Barrier: (options) => new Barrier(2, options),
  'Barrier.open': (options) => Barrier.open('patient 7', 2, options),
  Signal: (options) => new Signal(0, options),
  'Signal.open': (options) => Signal.open('patient 8', 0, options),
  RateLimit: (options) => new RateLimit({ limit: 1, ...options }),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  test.each([1, 250, 999_999_999, Number.POSITIVE_INFINITY])('takes %s, and its handle says so', (warnAfter) => {
    expect(make({ warnAfter }).handle).toMatchObject({ warnAfter });
    expect(make({}).handle).not.toHaveProperty('warnAfter');
  });

  test.each([0, -1, 1.5, 1e9, Number.NaN, Number.NEGATIVE_INFINITY])('refuses %s', (warnAfter) => {
    const message = expect.stringContaining('"options.warnAfter" is out of range');
    expect(() => make({ warnAfter })).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', message }));
  });

  test.each(['5', true, {}, 5n] as never[])('refuses what is no number: %s', (warnAfter) => {
    const message = expect.stringContaining('"options.warnAfter" argument must be of type number');
    expect(() => make({ warnAfter })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message }));
  });
});

test('what is opened as it is has the patience of who opens it', () => {
  using latch = Latch.open('patient 9', 1);
  using same = Latch.open('patient 9', undefined, { warnAfter: 7 });
  using posted = Latch.from(structuredClone(same.handle));
  expect([latch.handle.warnAfter, same.handle.warnAfter, posted.handle.warnAfter]).toEqual([undefined, 7, 7]);
  for (const warnAfter of [0, 'x', null]) {
    expect(Latch.from({ ...latch.handle, warnAfter } as never).handle).not.toHaveProperty('warnAfter');
  }
});
