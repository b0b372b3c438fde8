import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf } from './pool.js';

test('a task waits for its permit before it takes a worker: the only one serves others meanwhile', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  const permit = await semaphore.acquire();

  const waiting = limited.run('limited', { name: 'echo' });
  expect(limited.waiting).toBe(1);
  expect(await pool.run('free', { name: 'echo' })).toBe('free');
  expect(pool.completed).toBe(1);

  permit.release();
  expect(await waiting).toBe('limited');
  expect(semaphore.available).toBe(1);
});

test('tasks with a permit queue at the pool, those without at the limit', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(3);
  const limited = limit(pool, semaphore);
  const runs = [1, 2, 3, 4, 5].map((value) => limited.run(value, { name: 'echo' }));
  expect(limited.waiting).toBe(2);
  expect(await Promise.all(runs)).toEqual([1, 2, 3, 4, 5]);
  expect(semaphore.available).toBe(3);
});
