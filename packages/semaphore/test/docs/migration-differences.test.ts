/** What docs/migration.md says is different here, done. */
import { Barrier, Condition, Latch, Mutex, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';
import { isPending } from '../support/pending.js';

test('0 is no count', () => {
  const calls = [
    () => new Latch(1).countDown(0),
    () => new Signal().post(0),
    () => new Condition(new Mutex()).notify(0),
    () => new Semaphore(1).grow(0),
    () => new Semaphore(1).shrink(0),
  ];
  for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
});

test('more permits than there are are waited for where max says that they will come', async () => {
  expect(() => new Semaphore(2).acquireSync({ permits: 3 })).toThrow(RangeError);
  const semaphore = new Semaphore(2, { max: 8 });
  const wait = semaphore.acquire({ permits: 3 });
  expect([semaphore.waiting, semaphore.tryAcquire(3)]).toEqual([1, undefined]);
  semaphore.grow(1);
  expect((await within('the wait', wait, semaphore)).count).toBe(3);
});

test('a barrier that lost a thread is broken until it is reset', async () => {
  const barrier = new Barrier(2);
  const peer = await Peer.start(barrier);
  const lost = peer.call('waitSync').catch(() => 'gone');
  await queued(barrier, 1);
  await peer.terminate();
  expect(await lost).toBe('gone');
  await expect(barrier.wait()).rejects.toMatchObject({ code: 'ERR_BARRIER_BROKEN' });
  barrier.reset();
  expect(barrier.broken).toBe(false);
});

test('an RwLock within itself waits for itself', async () => {
  const lock = new RwLock();
  const reading = lock.readSync();
  expect(() => lock.writeSync({ timeout: 5 })).toThrow(timedOut);
  const writer = lock.write();
  const again = lock.read();
  expect(await isPending(again)).toBe(true);
  reading.unlock();
  (await within('the writer', writer, lock)).unlock();
  (await within('the second reader', again, lock)).unlock();
});
