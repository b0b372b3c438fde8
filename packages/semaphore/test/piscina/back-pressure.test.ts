import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf, Shared } from './pool.js';

test('`waiting` counts the calls that wait for a permit', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  expect(limited.waiting).toBe(0);
  const runs = [limited.run(1, { name: 'echo' })];
  expect(limited.waiting).toBe(0);
  runs.push(limited.run(2, { name: 'echo' }), limited.run(3, { name: 'echo' }));
  expect(limited.waiting).toBe(2);
  await Promise.all(runs);
  expect(limited.waiting).toBe(0);
});

test('`whenBelow` settles at once below the mark, and otherwise when the queue has shrunk to it', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  await limited.whenBelow(1);

  const permit = await semaphore.acquire();
  const abort = new AbortController();
  const { signal } = abort;
  const runs = [1, 2, 3].map((value) => limited.run(value, { name: 'echo' }));
  const aborted = limited.run(4, { name: 'echo', signal });
  const order: string[] = [];
  const below = [4, 3, 1].map((mark) => limited.whenBelow(mark).then(() => order.push(`below ${mark}`)));
  await limited.whenBelow(5);
  expect(order).toEqual([]);

  // An abort shortens the queue like a grant.
  abort.abort();
  await expect(aborted).rejects.toBe(signal.reason);
  await below[0];
  expect(order).toEqual(['below 4']);
  permit.release();
  await Promise.all([...below, ...runs]);
  expect(order).toEqual(['below 4', 'below 3', 'below 1']);
});

test('a submitter that waits for the mark never queues more', async () => {
  const pool = poolOf(2);
  using semaphore = new Semaphore(2);
  const limited = limit(pool, semaphore);
  const shared = new Shared();
  const runs: Promise<unknown>[] = [];
  let most = 0;
  for (let i = 0; i < 50; i++) {
    await limited.whenBelow(3);
    runs.push(limited.run({ words: shared.words }, { name: 'visit' }));
    most = Math.max(most, limited.waiting);
  }
  await Promise.all(runs);
  expect(most).toBe(3);
});

test('`whenBelow` rejects with the reason of its signal, and the queue goes on', async () => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  const limited = limit(pool, semaphore);
  const permit = await semaphore.acquire();
  const run = limited.run('served', { name: 'echo' });
  const abort = new AbortController();
  const below = limited.whenBelow(1, { signal: abort.signal });
  const reason = new Error('cannot wait');
  abort.abort(reason);
  await expect(below).rejects.toBe(reason);
  await expect(limited.whenBelow(1, { signal: abort.signal })).rejects.toBe(reason);
  permit.release();
  expect(await run).toBe('served');
});
