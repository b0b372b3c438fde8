import { Semaphore } from '@eventfd/semaphore';
import { limit, task } from '@eventfd/semaphore/piscina';
import { expect, test, vi } from 'vitest';
import { poolOf } from './pool.js';

const semaphore = new Semaphore(1);

test.each([undefined, null, 7, 'pool', {}, { run() {} }, () => {}])('%o is no pool', (pool) => {
  expect(() => limit(pool as never, semaphore)).toThrow(
    expect.objectContaining({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: expect.stringMatching(/"pool"/),
    }),
  );
});

test.each([undefined, null, 2, 'db', {}, semaphore.handle])('%o is no semaphore, nor a function', (value) => {
  expect(() => limit(poolOf(1), value as never)).toThrow(
    expect.objectContaining({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: expect.stringMatching(/"semaphore"/),
    }),
  );
});

test.each([
  [null, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [7, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ permits: '1' }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ permits: 0 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ permits: -1 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ permits: 1.5 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ permits: Number.NaN }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ permits: 2 ** 31 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ timeout: -1 }, 'RangeError', 'ERR_OUT_OF_RANGE'],
  [{ timeout: '1' }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ signal: {} }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ signal: null }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [{ ref: 1 }, 'TypeError', 'ERR_INVALID_ARG_TYPE'],
])('run refuses the options %o: nothing is taken, nothing reaches the pool', async (options, name, code) => {
  const pool = poolOf(1);
  const spy = vi.spyOn(pool, 'run');
  const limited = limit(pool, semaphore);
  await expect(limited.run(0, options as never)).rejects.toMatchObject({ name, code });
  expect(spy).not.toHaveBeenCalled();
  expect([semaphore.available, limited.waiting]).toEqual([1, 0]);
});

test.each([
  [[], 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [['1'], 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [[0], 'RangeError', 'ERR_OUT_OF_RANGE'],
  [[1.5], 'RangeError', 'ERR_OUT_OF_RANGE'],
  [[1, null], 'TypeError', 'ERR_INVALID_ARG_TYPE'],
  [[1, { signal: {} }], 'TypeError', 'ERR_INVALID_ARG_TYPE'],
])('whenBelow refuses the arguments %o', async (parameters, name, code) => {
  const limited = limit(poolOf(1), semaphore);
  await expect(limited.whenBelow(...(parameters as [number]))).rejects.toMatchObject({ name, code });
});

test.each([undefined, null, 7, {}])('task refuses %o as a handler', (handler) => {
  expect(() => task(handler as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
});

test('a semaphore that was closed rejects waiting and later calls', async () => {
  const pool = poolOf(1);
  const closing = new Semaphore(1);
  const limited = limit(pool, closing);
  using _permit = await closing.acquire();
  const waiting = limited.run(0, { name: 'echo' });
  const rejected = expect(waiting).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
  closing.close();
  await rejected;
  await expect(limited.run(0, { name: 'echo' })).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
  expect(limited.waiting).toBe(0);
});
