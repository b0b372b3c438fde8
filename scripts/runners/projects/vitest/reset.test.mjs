import { expect, test, vi } from 'vitest';

test('modules that are evaluated anew share their objects and their waits with the old ones', async () => {
  const old = await import('@eventfd/semaphore');
  const semaphore = new old.Semaphore(1, { name: 'old' });
  const held = semaphore.tryAcquire();
  const before = semaphore.acquire();
  vi.resetModules();
  const anew = await import('@eventfd/semaphore');
  // What is inlined is evaluated anew; what Node loads itself is not.
  if (process.env.INLINE === '1') expect(anew.Semaphore).not.toBe(old.Semaphore);
  const twin = anew.Semaphore.from(semaphore);
  const after = twin.acquire({ timeout: 10_000 });
  expect(semaphore.waiting).toBe(2);
  held.release();
  (await before).release();
  (await after).release();
  expect([semaphore.available, twin.available]).toEqual([1, 1]);
  expect(new anew.Condition(new old.Mutex())).toBeInstanceOf(anew.Condition);
  const { plain } = await import('./app/scenarios.mjs');
  for (const scenario of Object.values(plain)) await scenario();
});
