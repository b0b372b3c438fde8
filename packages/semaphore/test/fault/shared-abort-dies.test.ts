import { SharedAbortController } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { Aborter } from '../support/aborter.js';
import { turns, until } from '../support/deadline.js';

test('a thread that is terminated while it aborts has aborted, or another can', async () => {
  for (let round = 0; round < 6; round++) {
    const controllers = Array.from({ length: 2000 }, () => new SharedAbortController());
    const signals = controllers.map(({ signal }) => signal);
    const words = new Int32Array(new SharedArrayBuffer(4));
    const other = new Aborter();
    other.worker.postMessage(['abortAll', controllers, words]);
    await until('it has begun', () => Atomics.load(words, 0) > 0);
    await other.terminate();
    const seen = controllers.map(({ aborted }) => aborted);
    expect(seen.filter(Boolean).length).toBeGreaterThanOrEqual(Atomics.load(words, 0));
    // What it had told of is heard of.
    await turns(2);
    expect(signals.map(({ aborted }) => aborted)).toEqual(seen);
    for (const controller of controllers) controller.abort('the next');
    expect(signals.every(({ aborted, reason }) => aborted && reason !== undefined)).toBe(true);
    for (const controller of controllers) controller[Symbol.dispose]();
  }
});

test('a thread that listened and died is no harm', async () => {
  using controller = new SharedAbortController();
  const other = new Aborter();
  await other.begin('listen', controller);
  await other.terminate();
  const { signal } = controller;
  expect(controller.abort()).toBe(true);
  expect(signal.aborted).toBe(true);
});
