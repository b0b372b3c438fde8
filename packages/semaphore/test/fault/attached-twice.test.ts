import { Mutex, Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { closed } from '../support/errors.js';
import { Puppet } from '../support/puppet.js';

test('a thread that has attached one handle three times, holds and waits through each, dies: all comes back', async () => {
  const lock = new Semaphore(6);
  const puppet = await Puppet.start({ lock });
  await puppet.run(({ kit, lock, kept }) => {
    const objects = [lock, kit.Semaphore.from(lock), kit.Semaphore.from(lock.handle)];
    kept.set(
      'permits',
      objects.map((each) => each.acquireSync({ permits: 2 })),
    );
    for (const each of objects) void Promise.all([each.acquire(), each.acquire()]);
  });
  expect([lock.available, lock.waiting]).toEqual([0, 6]);
  const all = lock.acquire({ permits: 6 });
  await puppet.terminate();
  const permit = await within('all permits', all, lock);
  expect(lock.waiting).toBe(0);
  permit.release();
  expect(lock.available).toBe(6);
});

test('it dies while it is blocked through the second, with the first in its hands', async () => {
  const lock = new Semaphore(1);
  const puppet = await Puppet.start({ lock });
  puppet.tell(({ kit, lock, kept }) => {
    kept.set('permit', lock.acquireSync());
    kit.Semaphore.from(lock).acquireSync();
  });
  await until('the wait', () => lock.waiting === 1, lock);
  await puppet.terminate();
  expect([lock.available, lock.waiting]).toEqual([1, 0]);
});

test('a mutex that is held through one object is not taken through another of the thread, and blocking for it is found out', async () => {
  const lock = new Mutex();
  const puppet = await Puppet.start({ lock });
  const seen = await puppet.run(({ kit, lock }) => {
    const twin = kit.Mutex.from(lock);
    const guard = lock.lockSync();
    let code: string | undefined;
    try {
      twin.lockSync();
    } catch (error) {
      code = (error as { code: string }).code;
    }
    const taken = twin.tryLock() !== undefined;
    guard.unlock();
    twin.lockSync().unlock();
    return { code, taken, locked: guard.locked };
  });
  expect(seen).toEqual({ code: 'ERR_DEADLOCK', taken: false, locked: false });
  await puppet.terminate();
});

test('disposed of through one object, it is closed for the other, and what that holds comes back', async () => {
  const lock = new Semaphore(2);
  const twin = Semaphore.from(lock);
  const permit = twin.acquireSync({ permits: 2 });
  const waits = [lock.acquire(), twin.acquire()];
  lock[Symbol.dispose]();
  for (const wait of waits) await expect(within('the wait', wait)).rejects.toThrow(closed);
  permit.release();
  expect([twin.closed, twin.available]).toEqual([true, 2]);
});
