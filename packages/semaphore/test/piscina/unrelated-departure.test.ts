import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { NativeCode, poolOf, Shared, until } from './pool.js';

test('a task that fails is told at once, and its permit goes on, while the worker of an aborted one is inside', async () => {
  const pool = poolOf(2);
  using semaphore = new Semaphore(2);
  const limited = limit(pool, semaphore);
  const order: string[] = [];
  const native = new NativeCode();
  const abort = new AbortController();
  const inside = limited.run(native.task, { name: 'insideNativeCode', signal: abort.signal });
  const gone = inside.catch(() => order.push('the aborted one'));
  await until('it to be inside', () => native.shared.inside === 1);
  abort.abort();
  await expect(limited.run('ordinary', { name: 'fail' })).rejects.toThrow('ordinary');
  order.push('the failed one');
  await limited.run('next', { name: 'echo' });
  order.push('the next one');
  native.letOut();
  await gone;
  expect(order).toEqual(['the failed one', 'the next one', 'the aborted one']);
  expect(semaphore.available).toBe(2);
});

test('nor does one that is aborted later wait for that worker', async () => {
  const pool = poolOf(2);
  using semaphore = new Semaphore(2);
  const limited = limit(pool, semaphore);
  const order: string[] = [];
  const [slow, quick] = [new NativeCode(), new Shared()];
  const aborts = [new AbortController(), new AbortController()] as const;
  const runs = [
    limited.run(slow.task, { name: 'insideNativeCode', signal: aborts[0].signal }).catch(() => order.push('slow')),
    limited.run(quick.words, { name: 'spin', signal: aborts[1].signal }).catch(() => order.push('quick')),
  ];
  await until('both to be inside', () => slow.shared.inside === 1 && quick.inside === 1);
  aborts[0].abort();
  await new Promise((resolve) => setImmediate(resolve));
  aborts[1].abort();
  await runs[1];
  slow.letOut();
  await runs[0];
  expect(order).toEqual(['quick', 'slow']);
});
