import { describe, expect, test } from 'vitest';
import { expectWhole } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

describe.each(Object.entries(locks))('%s', (_, adapter) => {
  test('run gives back and passes on what the callback throws, rejects with, or returns', async () => {
    const lock = adapter.make();
    const error = new Error('from the callback');
    const thrown = adapter.run(lock, () => {
      throw error;
    });
    await expect(thrown).rejects.toBe(error);
    await expect(adapter.run(lock, () => Promise.reject(error))).rejects.toBe(error);
    await expect(adapter.run(lock, async () => adapter.free(lock))).resolves.toBe(adapter.limit - 1);
    expectWhole(adapter, lock);
  });

  test('runSync gives back and passes on what the callback throws or returns', () => {
    const lock = adapter.make();
    const error = new Error('from the callback');
    const throwing = () => {
      throw error;
    };
    expect(() => adapter.runSync(lock, throwing)).toThrow(error);
    expect(adapter.runSync(lock, () => adapter.free(lock))).toBe(adapter.limit - 1);
    expectWhole(adapter, lock);
  });

  test('a callback that is no function is refused before the lock is taken', async () => {
    const lock = adapter.make();
    const wrongType = expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' });
    await expect(adapter.run(lock, 'fn' as never)).rejects.toThrow(wrongType);
    expect(() => adapter.runSync(lock, undefined as never)).toThrow(wrongType);
    expectWhole(adapter, lock);
  });
});
