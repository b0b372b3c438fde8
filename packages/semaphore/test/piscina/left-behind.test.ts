import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { poolOf } from './pool.js';

test.each([
  ['read', 'a read of'],
  ['write', 'a write to'],
  ['selectAsync', 'a select'],
  ['iterate', 'a read of'],
  ['FdSemaphore', 'a read of'],
])('a wait for an eventfd that a guarded task leaves behind is refused, and takes nothing: %s', async (wait, what) => {
  const pool = poolOf(1);
  using semaphore = new Semaphore(1);
  using efd = new EventFd(0, { semaphore: wait === 'FdSemaphore' });
  const left = limit(pool, semaphore).run({ handle: efd.handle, wait }, { name: 'guardedLeavesAnEventFd' });
  await expect(left).rejects.toThrow(expect.objectContaining({ code: 'ERR_WAIT_LEFT_BEHIND' }));
  await expect(left).rejects.toThrow(`left ${what}`);
  // Nobody of that worker reads any more, or writes.
  const there = efd.tryRead() ?? 0n;
  expect(there).toBe(wait === 'write' ? 2n ** 64n - 2n : 0n);
  const next = pool.run(efd.handle, { name: 'guardedReads' });
  efd.tryWrite(1);
  expect(await next).toBe('1');
});
