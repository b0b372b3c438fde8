import { once } from 'node:events';
import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { NativeCode, poolOf, Shared, threadIds, until } from './pool.js';

test('an abort while running ends the worker and gives the permit back', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const abort = new AbortController();
  const running = limited.run(shared.words, { name: 'spin', signal: abort.signal });
  await until('the task to be inside', () => shared.inside === 1);
  expect(semaphore.available).toBe(0);
  const before = threadIds(pool);

  const next = limited.run('next', { name: 'echo' });
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(await next).toBe('next');

  expect(threadIds(pool)).not.toEqual(before);
  expect(semaphore.available).toBe(1);
});

test('the permit does not come back before the worker is gone, though nothing interrupts native code', async () => {
  const pool = poolOf(2);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  const native = new NativeCode();
  const abort = new AbortController();
  const order: string[] = [];
  const note = (what: string) => () => order.push(what);

  const workers = pool.threads;
  const running = limited.run(native.task, { name: 'insideNativeCode', signal: abort.signal });
  await until('the task to be inside', () => native.shared.inside === 1);
  const gone = Promise.race(workers.map((worker) => once(worker, 'exit'))).then(note('worker gone'));
  const next = semaphore.acquire().then((permit) => {
    note('next one in')();
    permit.release();
  });
  abort.abort();
  native.letOut();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  await Promise.all([gone, next]);
  expect(order).toEqual(['worker gone', 'next one in']);
});

test('an abort in the queue of the pool disturbs no worker and gives the permit back', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(2);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const first = limited.run(shared.words, { name: 'hold' });
  await until('the first task to be inside', () => shared.inside === 1);
  const before = threadIds(pool);

  const abort = new AbortController();
  const queued = limited.run('never', { name: 'echo', signal: abort.signal });
  expect(semaphore.available).toBe(0);
  abort.abort();
  await expect(queued).rejects.toBe(abort.signal.reason);
  expect(semaphore.available).toBe(1);

  shared.open();
  await first;
  expect(threadIds(pool)).toEqual(before);
});

test('one signal ends all tasks it was given to, waiting or running', async () => {
  const pool = poolOf(2);
  using semaphore = new Semaphore(2);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const abort = new AbortController();
  const runs = [1, 2, 3, 4, 5].map(() => limited.run(shared.words, { name: 'spin', signal: abort.signal }));
  const settled = Promise.allSettled(runs);
  await until('two tasks to be inside', () => shared.inside === 2);
  abort.abort();
  for (const { status } of await settled) expect(status).toBe('rejected');
  expect(shared.highest).toBe(2);
  expect(semaphore.available).toBe(2);
  expect(semaphore.waiting).toBe(0);
});
