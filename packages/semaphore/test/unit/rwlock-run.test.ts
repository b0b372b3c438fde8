import { ReadGuard, RwLock, WriteGuard } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { invalidType, timedOut } from '../support/errors.js';

describe('run and runSync', () => {
  test('hold it to write while the function runs, and pass its guard and its result', async () => {
    const lock = new RwLock();
    const inside = (guard: WriteGuard) => {
      expect([guard instanceof WriteGuard, guard.locked, lock.writing, lock.tryRead()]).toEqual([
        true,
        true,
        true,
        undefined,
      ]);
      return 'result';
    };
    expect([lock.runSync(inside), await lock.run(inside), await lock.run(async (guard) => inside(guard))]).toEqual(
      Array(3).fill('result'),
    );
    expect([lock.writing, lock.readers]).toEqual([false, 0]);
  });

  test('a guard that was downgraded or unlocked inside stays so', async () => {
    const lock = new RwLock();
    const reading = lock.runSync((guard) => guard.downgrade());
    expect([lock.readers, reading.locked]).toEqual([1, true]);
    reading.unlock();
    await lock.run((guard) => guard.unlock());
    expect([lock.writing, lock.readers]).toEqual([false, 0]);
  });
});

describe('runRead and runReadSync', () => {
  test('hold it to read, and others may read', async () => {
    const lock = new RwLock();
    const inside = (guard: ReadGuard) => {
      expect([guard instanceof ReadGuard, guard.locked, lock.readers, lock.tryWrite()]).toEqual([
        true,
        true,
        1,
        undefined,
      ]);
      lock.readSync().unlock();
      return 'result';
    };
    expect([lock.runReadSync(inside), await lock.runRead(inside)]).toEqual(['result', 'result']);
    const both = lock.runRead(() => lock.runRead(() => lock.readers));
    expect(await within('two readers', both, lock)).toBe(2);
    expect(lock.readers).toBe(0);
  });
});

const boom = new Error('boom');
const fails = () => {
  throw boom;
};

test('what the function throws passes, and the lock is free', async () => {
  const lock = new RwLock();
  expect(() => lock.runSync(fails)).toThrow(boom);
  expect(() => lock.runReadSync(fails)).toThrow(boom);
  await expect(lock.run(fails)).rejects.toBe(boom);
  await expect(lock.runRead(async () => fails())).rejects.toBe(boom);
  expect([lock.writing, lock.readers]).toEqual([false, 0]);
});

test('a wait that is cancelled runs nothing and leaves nothing behind', async () => {
  const lock = new RwLock();
  const writer = lock.tryWrite();
  let calls = 0;
  const count = () => {
    calls++;
  };
  for (const method of ['run', 'runRead'] as const) {
    const abort = new AbortController();
    const run = lock[method](count, { signal: abort.signal });
    abort.abort('enough');
    await expect(run).rejects.toBe('enough');
    await expect(lock[method](count, { timeout: 1 })).rejects.toThrow(timedOut);
  }
  for (const method of ['runSync', 'runReadSync'] as const) {
    expect(() => lock[method](count, { timeout: 1 })).toThrow(timedOut);
  }
  expect([calls, lock.waiting]).toEqual([0, 0]);
  writer?.unlock();
});

test.each(['run', 'runRead', 'runSync', 'runReadSync'] as const)('%s refuses what is wrong', async (method) => {
  const lock = new RwLock();
  const call = async (...args: unknown[]) => (lock[method] as (...args: unknown[]) => unknown)(...args);
  for (const fn of [undefined, null, 5, {}]) await expect(call(fn)).rejects.toEqual(invalidType('fn', ''));
  await expect(call(() => 1, null)).rejects.toEqual(invalidType('options', 'null'));
  await expect(call(() => 1, { timeout: '1' })).rejects.toEqual(invalidType('options.timeout', ''));
  expect([lock.writing, lock.readers]).toEqual([false, 0]);
});
