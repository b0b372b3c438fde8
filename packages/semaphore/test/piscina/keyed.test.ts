import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf, Shared, until } from './pool.js';

interface Visit {
  words: Int32Array;
  host: 'a' | 'b';
}

test('each key has a limit of its own', async () => {
  const pool = poolOf(4);
  using a = new Semaphore(1);
  using b = new Semaphore(2);
  const limited = limit(pool, (task: Visit) => ({ a, b })[task.host]);
  const [atA, atB] = [new Shared(), new Shared()];
  const held = await a.acquire();
  const waiting = limited.run({ words: atA.words, host: 'a' }, { name: 'visit' });
  expect(limited.waiting).toBe(1);
  await Promise.all(Array.from({ length: 20 }, () => limited.run({ words: atB.words, host: 'b' }, { name: 'visit' })));
  expect(limited.waiting).toBe(1);
  expect(atA.highest).toBe(0);
  expect(atB.highest).toBeLessThanOrEqual(2);

  held.release();
  await waiting;
  await until('the visit', () => atA.highest === 1);
  expect([a.available, b.available]).toEqual([1, 2]);
});

test('a function that throws, or gives no semaphore, rejects the call and takes nothing', async () => {
  const pool = poolOf(1);
  const reason = new Error('no such host');
  const throws = limit(pool, () => {
    throw reason;
  });
  await expect(throws.run(0, { name: 'echo' })).rejects.toBe(reason);
  const forgets = limit(pool, () => undefined as never);
  await expect(forgets.run(0, { name: 'echo' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  const late = limit(pool, (async () => new Semaphore(1)) as never);
  await expect(late.run(0, { name: 'echo' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  expect([throws.waiting, forgets.waiting, late.waiting]).toEqual([0, 0, 0]);
});
