import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf, Shared, until } from './pool.js';

test('two pools share one limit', async () => {
  const [one, other] = [poolOf(2), poolOf(2)];
  using semaphore = new Semaphore(2);
  const shared = new Shared();
  const [atOne, atOther] = [limit(one, semaphore), limit(other, semaphore)];
  const holding = [atOne, atOther].map((limited) => limited.run(shared.words, { name: 'hold' }));
  const visits = Array.from({ length: 40 }, (_, i) =>
    (i % 2 === 0 ? atOne : atOther).run({ words: shared.words }, { name: 'visit' }),
  );
  await until('a task of each pool to be inside', () => shared.inside === 2);
  expect([atOne.waiting, atOther.waiting]).toEqual([20, 20]);
  shared.open();
  await Promise.all([...holding, ...visits]);
  expect(shared.highest).toBe(2);
  expect(shared.inside).toBe(0);
  expect(semaphore.available).toBe(2);
});

test('a thread with a pool of its own shares the limit, and gives its permits back when it ends', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(2);
  const shared = new Shared();
  // It takes both permits, and its tasks stay inside.
  const url = new URL('fixtures/submitter.mjs', import.meta.url);
  const submitter = new Worker(url, { workerData: { semaphore, words: shared.words } });
  await until('the tasks of the other thread to be inside', () => shared.inside === 2);
  expect(semaphore.available).toBe(0);

  const limited = limit(pool, semaphore);
  const waiting = limited.run('served', { name: 'echo' });
  expect(limited.waiting).toBe(1);
  const exited = once(submitter, 'exit');
  await submitter.terminate();
  await exited;
  expect(await waiting).toBe('served');
  expect(semaphore.available).toBe(2);
});
