import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf } from './pool.js';

test.each([
  ['the task throws', 'why not', { name: 'fail' }, /why not/],
  ['the task cannot be cloned', () => {}, { name: 'echo' }, /could not be cloned/],
  ['there is no such handler', 0, { name: 'nobody' }, /No handler/],
  ['an option of Piscina is wrong', 0, { name: 7 as never }, /name/],
])('when %s, the permit comes back', async (_what, task, options, message) => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  await expect(limited.run(task, options)).rejects.toThrow(message);
  expect(semaphore.available).toBe(1);
  expect(await limited.run('next', { name: 'echo' })).toBe('next');
});
