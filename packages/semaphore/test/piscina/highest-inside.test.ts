import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf, Shared, until } from './pool.js';

test.each([1, 2, 3])('never more than the limit of %i are inside, and as many can be', async (permits) => {
  const pool = poolOf(permits + 2);
  using semaphore = new Semaphore(permits);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const holding = Array.from({ length: permits }, () => limited.run(shared.words, { name: 'hold' }));
  const visits = Array.from({ length: 100 }, () => limited.run({ words: shared.words }, { name: 'visit' }));
  await until('the limit to be reached', () => shared.inside === permits);
  shared.open();
  await Promise.all([...holding, ...visits]);
  expect(shared.highest).toBe(permits);
  expect(shared.inside).toBe(0);
  expect(semaphore.available).toBe(permits);
});

test('a task may take several permits', async () => {
  const pool = poolOf(3);
  using semaphore = new Semaphore(3);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const heavy = limited.run(shared.words, { name: 'hold', permits: 3 });
  const light = limited.run('light', { name: 'echo' });
  await until('the heavy task to be inside', () => shared.inside === 1);
  expect([semaphore.available, limited.waiting]).toEqual([0, 1]);
  shared.open();
  await heavy;
  expect(await light).toBe('light');
  expect(semaphore.available).toBe(3);
});
