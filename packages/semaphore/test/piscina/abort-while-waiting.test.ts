import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test, vi } from 'vitest';
import { poolOf, threadIds } from './pool.js';

test('an abort while waiting leaves the queue, kills no worker and never reaches the pool', async () => {
  const pool = poolOf(2);
  await pool.run(0, { name: 'echo' });
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  using _permit = await semaphore.acquire();
  const before = threadIds(pool);
  const run = vi.spyOn(pool, 'run');

  const abort = new AbortController();
  const waiting = limited.run('never', { name: 'echo', signal: abort.signal });
  expect(semaphore.waiting).toBe(1);
  const reason = new Error('changed my mind');
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);

  expect(semaphore.waiting).toBe(0);
  expect(limited.waiting).toBe(0);
  expect(run).not.toHaveBeenCalled();
  expect(threadIds(pool)).toEqual(before);
});

test('a signal that has aborted already begins no wait', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const reason = new Error('too late');
  const run = limit(pool, semaphore).run('never', { name: 'echo', signal: AbortSignal.abort(reason) });
  expect(semaphore.available).toBe(1);
  await expect(run).rejects.toBe(reason);
});

test('an abort between the grant and the pool gives the permit back, and never reaches the pool', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const abort = new AbortController();
  const reason = new Error('in between');
  const spy = vi.spyOn(pool, 'run');
  const limited = limit(pool, () => {
    // The permit is free, so it is taken right after this; the task goes to the pool a microtask later.
    queueMicrotask(() => abort.abort(reason));
    return semaphore;
  });
  await expect(limited.run('never', { name: 'echo', signal: abort.signal })).rejects.toBe(reason);
  expect(spy).not.toHaveBeenCalled();
  expect(semaphore.available).toBe(1);
});
