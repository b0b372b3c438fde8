import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { describe, expect, test } from 'vitest';
import { poolOf, Shared, threadIds, until } from './pool.js';

describe.each(['sync', 'async', 'disabled'] as const)('in mode %s', (atomics) => {
  test('a limited pool works', async () => {
    const pool = poolOf(3, { atomics });
    using semaphore = new Semaphore(2);
    const limited = limit(pool, semaphore);
    const shared = new Shared();
    await Promise.all(Array.from({ length: 40 }, () => limited.run({ words: shared.words }, { name: 'visit' })));
    expect(shared.highest).toBeLessThanOrEqual(2);
    expect(semaphore.available).toBe(2);
  });

  test('in a task, permits are had by trying, blocking and awaiting', async () => {
    const pool = poolOf(3, { atomics });
    using semaphore = new Semaphore(1);
    const ways = await Promise.all([1, 2, 3].map(() => pool.run(semaphore.handle, { name: 'takesPermits' })));
    expect(ways).toEqual(['all', 'all', 'all']);
    expect(semaphore.available).toBe(1);
  });

  test('a wait that a guarded task leaves behind is refused, and stands in nobody’s way', async () => {
    const pool = poolOf(1, { atomics });
    using semaphore = new Semaphore(1, { name: 'db' });
    const shared = new Shared();
    const permit = await semaphore.acquire();
    const input = { handle: semaphore.handle, words: shared.words };
    const before = threadIds(pool);
    await expect(pool.run(input, { name: 'guardedLeavesAWait' })).rejects.toThrow(/acquire\(\) of Semaphore "db"/);
    await expect(pool.run(input, { name: 'guardedLeavesTwo' })).rejects.toThrow(/2 waits/);
    await expect(pool.run(input, { name: 'guardedFails' })).rejects.toThrow('its own');
    expect(semaphore.waiting).toBe(0);

    permit.release();
    // The worker is as good as new, and none of the waits comes back.
    expect(await pool.run(input, { name: 'guardedAwaits' })).toBe('awaited');
    expect(threadIds(pool)).toEqual(before);
    expect(shared.noticed).toBe(1);
    expect(semaphore.available).toBe(1);
  });
});

test.each(['async', 'disabled'] as const)(
  'in mode %s, a wait left behind is granted while the worker is idle',
  async (atomics) => {
    const pool = poolOf(1, { atomics });
    using semaphore = new Semaphore(1);
    const shared = new Shared();
    const permit = await semaphore.acquire();
    const input = { handle: semaphore.handle, words: shared.words };
    expect(await pool.run(input, { name: 'leavesAWait' })).toBe('done');
    permit.release();
    await until('the idle worker to notice', () => shared.noticed === 1);
    expect(semaphore.available).toBe(1);
  },
);

test('in mode sync, a wait left behind by an unguarded task is granted when the worker has another task', async () => {
  const pool = poolOf(1, { atomics: 'sync' });
  using semaphore = new Semaphore(1);
  const shared = new Shared();
  const permit = await semaphore.acquire();
  const input = { handle: semaphore.handle, words: shared.words };
  expect(await pool.run(input, { name: 'leavesAWait' })).toBe('done');
  permit.release();
  // A task that lets the loop turn until the wait is over.
  const other = new Shared();
  while (shared.noticed === 0) await pool.run({ words: other.words }, { name: 'visit' });
  expect(semaphore.available).toBe(1);
});
