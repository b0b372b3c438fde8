import { Semaphore, TimeoutError } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf, Shared, until } from './pool.js';

test('a timeout ends the wait for the permit', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1, { name: 'db' });
  const limited = limit(pool, semaphore);
  using _permit = await semaphore.acquire();
  const error = await limited.run('never', { name: 'echo', timeout: 20 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ code: 'ERR_TIMEOUT', message: expect.stringContaining('db') });
  expect([limited.waiting, semaphore.waiting, pool.completed]).toEqual([0, 0, 0]);
});

test('a timeout does not time the task', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const shared = new Shared();
  const running = limit(pool, semaphore).run(shared.words, { name: 'hold', timeout: 0 });
  await until('the task to be inside', () => shared.inside === 1);
  shared.open();
  await running;
  expect(semaphore.available).toBe(1);
});

test('a timeout of 0 takes a free permit, and does not wait for another', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  expect(await limited.run('free', { name: 'echo', timeout: 0 })).toBe('free');
  using _permit = await semaphore.acquire();
  await expect(limited.run('never', { name: 'echo', timeout: 0 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
});
