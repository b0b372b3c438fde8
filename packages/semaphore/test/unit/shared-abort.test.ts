import { once } from 'node:events';
import { inspect } from 'node:util';
import { SharedAbortController } from '@eventfd/semaphore';
import { expect, onTestFinished, test } from 'vitest';
import { Aborter } from '../support/aborter.js';
import { turns, within } from '../support/deadline.js';

function aborter(): Aborter {
  const made = new Aborter();
  onTestFinished(() => made.terminate());
  return made;
}

test('on the thread that aborts, the signal has aborted when abort() returns, with the very reason', () => {
  using controller = new SharedAbortController({ name: 'job' });
  const { signal } = controller;
  expect(signal).toBeInstanceOf(AbortSignal);
  expect([controller.signal, controller.aborted, controller.reason]).toEqual([signal, false, undefined]);
  controller.throwIfAborted();
  const reason = { why: 'enough' };
  expect(controller.abort(reason)).toBe(true);
  expect([controller.aborted, signal.aborted]).toEqual([true, true]);
  expect(signal.reason).toBe(reason);
  expect(controller.reason).toBe(reason);
  expect(controller.abort('other')).toBe(false);
  expect(controller.reason).toBe(reason);
  expect(() => controller.throwIfAborted()).toThrow(expect.objectContaining(reason));
  expect(inspect(controller)).toBe('SharedAbortController "job" { aborted: true }');
});

test('without a reason it is the one of the DOM', async () => {
  const controller = new SharedAbortController();
  const other = aborter();
  await other.begin('listen', controller);
  controller.abort();
  expect(controller.reason).toMatchObject({ name: 'AbortError', code: 20 });
  expect(await other.next()).toMatchObject({
    reason: { type: '[object DOMException]', name: 'AbortError', message: 'This operation was aborted', code: 20 },
  });
});

test('another thread hears of it in a real AbortSignal; who attaches late finds it aborted', async () => {
  using controller = new SharedAbortController();
  const [listens, comesLate] = [aborter(), aborter()];
  await listens.begin('listen', controller);
  controller.abort(new RangeError('too many', { cause: 7 }));
  const reason = { type: '[object Error]', name: 'RangeError', message: 'too many', cause: 7 };
  expect(await listens.next()).toMatchObject({ isTrusted: true, same: true, aborted: true, again: true, reason });
  expect(await comesLate.begin('late', controller)).toMatchObject({ aborted: true, signal: true, same: true, reason });
});

test('this thread hears of what another aborts', async () => {
  using controller = new SharedAbortController();
  const { signal } = controller;
  const heard = once(signal, 'abort');
  expect(await aborter().begin('abort', controller, new Map([[1, 'one']]))).toBe(true);
  await within('the abort', heard, controller);
  expect(signal.reason).toEqual(new Map([[1, 'one']]));
  expect(controller.abort()).toBe(false);
});

class OwnError extends Error {
  override readonly name = 'OwnError';
  readonly code = 'E_OWN';
}

const large = Object.assign(new TypeError('x'.repeat(10_000)), { code: 'E_LARGE' });
const hostile = {
  get message() {
    throw new Error('no');
  },
  run: () => {},
};

test.each<[string, unknown, object]>([
  ['a number', 7, { shown: '7' }],
  ['null', null, { shown: 'null' }],
  ['an object with a Date', { at: new Date(0) }, { shown: '{ at: 1970-01-01T00:00:00.000Z }' }],
  ['an error with name and code', new OwnError('own'), { name: 'OwnError', message: 'own', code: 'E_OWN' }],
  [
    'a DOMException',
    new DOMException('late', 'TimeoutError'),
    { type: '[object DOMException]', name: 'TimeoutError', message: 'late', code: 23 },
  ],
  ['a symbol', Symbol('why'), { type: '[object Error]', message: 'Symbol(why)' }],
  ['a function', () => {}, { type: '[object Error]', message: '[Function (anonymous)]' }],
  ['what holds a function', Object.assign(new OwnError('f'), { cause: () => {} }), { name: 'OwnError', message: 'f' }],
  ['what is too large', large, { name: 'TypeError', message: 'x'.repeat(200), code: 'E_LARGE' }],
  ['what throws when it is looked at', hostile, { type: '[object Error]', message: 'The reason cannot be told' }],
])('the reason arrives, or its message and name: %s', async (_what, reason, expected) => {
  using controller = new SharedAbortController();
  const other = aborter();
  await other.begin('listen', controller);
  controller.abort(reason);
  expect(controller.reason).toBe(reason);
  expect(await other.next()).toMatchObject({ reason: expected });
});

test('where there is no room for it at all, the reason is an AbortError', async () => {
  using controller = new SharedAbortController({ reasonBytes: 8 });
  controller.abort('a reason');
  expect(await aborter().begin('late', controller)).toMatchObject({ aborted: true, reason: { name: 'AbortError' } });
});

test('and with room enough, one of any size', async () => {
  using controller = new SharedAbortController({ reasonBytes: 2 ** 20 });
  controller.abort('z'.repeat(2 ** 19));
  const { reason } = (await aborter().begin('late', controller)) as { reason: { shown: string } };
  expect(reason.shown).toContain('z'.repeat(1000));
});

test('a thread that turns no loop sees it in shared memory', async () => {
  using controller = new SharedAbortController();
  const other = aborter();
  expect(await other.begin('look', controller)).toBe('looking');
  controller.abort('stop');
  expect(await other.next()).toBe('stop');
});

test('a signal keeps no loop alive', async () => {
  using controller = new SharedAbortController();
  const { worker } = aborter();
  const exit = once(worker, 'exit');
  worker.postMessage(['end', controller]);
  expect(await within('its end', exit)).toEqual([0]);
});

test('once disposed, what has aborted stays so, and what has not never will', async () => {
  const [aborted, not] = [new SharedAbortController(), new SharedAbortController()];
  const there = SharedAbortController.from(not);
  const { signal } = there;
  aborted.abort('why');
  for (const each of [aborted, not]) each[Symbol.dispose]();
  await turns(2);
  expect([aborted.aborted, aborted.signal.aborted, aborted.reason]).toEqual([true, true, 'why']);
  expect([not.abort(), not.aborted, not.signal.aborted, there.abort(), signal.aborted]).toEqual(Array(5).fill(false));
  expect(() => SharedAbortController.from(not)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_HANDLE' }));
});

test.each<[string, () => unknown, string]>([
  ['no object', () => new SharedAbortController(3 as never), 'ERR_INVALID_ARG_TYPE'],
  ['a name', () => new SharedAbortController({ name: 3 as never }), 'ERR_INVALID_ARG_TYPE'],
  ['too much room', () => new SharedAbortController({ reasonBytes: 2 ** 20 + 4 }), 'ERR_OUT_OF_RANGE'],
  ['room that is no number', () => new SharedAbortController({ reasonBytes: '4' as never }), 'ERR_INVALID_ARG_TYPE'],
  ['from nothing', () => SharedAbortController.from(undefined as never), 'ERR_INVALID_HANDLE'],
  [
    'from a signal',
    () => SharedAbortController.from(new SharedAbortController().signal as never),
    'ERR_INVALID_HANDLE',
  ],
  ...[undefined, new SharedArrayBuffer(8), new ArrayBuffer(64)].map((reason): [string, () => unknown, string] => [
    `from a handle with ${inspect(reason)}`,
    () => SharedAbortController.from({ ...new SharedAbortController().handle, reason: reason as never }),
    'ERR_INVALID_ARG_TYPE',
  ]),
])('bad input: %s', (_what, call, code) => {
  expect(call).toThrow(expect.objectContaining({ code }));
});

test('memory that was written over is no reason, and no crash', () => {
  for (const fill of [0x7f, 0xff, 16, 1]) {
    using controller = new SharedAbortController();
    controller.abort({ some: 'thing' });
    new Uint8Array(controller.handle.reason).fill(fill);
    expect(SharedAbortController.from(controller).reason).toMatchObject({ name: 'AbortError' });
  }
});
