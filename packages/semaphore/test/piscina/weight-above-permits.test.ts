import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf } from './pool.js';

const refused = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });

test('a task that wants more permits than there are is refused, and stops no other', async () => {
  const limited = limit(poolOf(1), new Semaphore(2));
  await expect(limited.run('never', { permits: 3 })).rejects.toEqual(refused);
  expect(limited.waiting).toBe(0);
});

test('where max was given, it waits for them to be added', async () => {
  const semaphore = new Semaphore(2, { max: 3 });
  const limited = limit(poolOf(1), semaphore);
  const run = limited.run('never', { permits: 3, signal: AbortSignal.timeout(5) });
  expect([limited.waiting, semaphore.waiting]).toEqual([1, 1]);
  await expect(run).rejects.toMatchObject({ name: 'TimeoutError' });
});
