import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { NativeCode, poolOf, Shared, until } from './pool.js';

test.each([
  ['process.exit()', 'exit', (words: Int32Array) => ({ words, code: 3 }), /exited with code: 3/],
  ['an uncaught error', 'uncaught', (words: Int32Array) => ({ words, message: 'gone' }), /gone/],
  ['the end of its memory', 'outOfMemory', (words: Int32Array) => words, /memory/],
])('a worker that ends by %s gives the permit back, and the next task runs', async (_what, name, task, message) => {
  const pool = poolOf(1, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const dying = limited.run(task(shared.words), { name });
  const next = limited.run('next', { name: 'echo' });
  await expect(dying).rejects.toThrow(message);
  expect(await next).toBe('next');
  expect(semaphore.available).toBe(1);
});

test('a worker that somebody terminates gives the permit back', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const shared = new Shared();
  const limited = limit(pool, semaphore);
  const running = limited.run(shared.words, { name: 'spin' });
  const rejected = expect(running).rejects.toThrow(/exited with code: 1/);
  await until('the task to be inside', () => shared.inside === 1);
  await pool.threads[0]?.terminate();
  await rejected;
  expect(semaphore.available).toBe(1);
  expect(await limited.run('next', { name: 'echo' })).toBe('next');
});

test('a pool that is destroyed gives back the permits of its tasks, running or queued, when its workers are gone', async () => {
  const pool = poolOf(2);
  const survivor = poolOf(1);
  using semaphore = new Semaphore(3);
  const limited = limit(pool, semaphore);
  const native = new NativeCode();
  const order: string[] = [];
  for (const worker of pool.threads) worker.on('exit', () => order.push('worker gone'));
  const runs = [1, 2, 3].map(() => limited.run(native.task, { name: 'insideNativeCode' }));
  const settled = Promise.allSettled(runs);
  await until('two tasks to be inside', () => native.shared.inside === 2);

  const next = limit(survivor, semaphore)
    .run('next', { name: 'echo' })
    .then((result) => {
      order.push('next task done');
      return result;
    });
  const destroyed = pool.destroy();
  native.letOut(2);
  await destroyed;
  for (const { status } of await settled) expect(status).toBe('rejected');
  expect(await next).toBe('next');
  expect(order).toEqual(['worker gone', 'worker gone', 'next task done']);
  expect(semaphore.available).toBe(3);
});
