import { setTimeout as sleep } from 'node:timers/promises';
import { Condition, Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { turns, until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

const deadlock = expect.objectContaining({ name: 'DeadlockError', code: 'ERR_DEADLOCK' });
const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });

describe('lockSync() in the thread that has the mutex', () => {
  test('throws at once, whatever the timeout, and holds what it held', () => {
    const mutex = new Mutex({ name: 'm' });
    const guard = mutex.lockSync();
    expect(() => mutex.lockSync()).toThrow('Deadlock: thread 0 waits for Mutex "m", held by thread 0');
    expect(() => mutex.lockSync({ timeout: 60_000 })).toThrow(deadlock);
    expect(() => mutex.runSync(() => {})).toThrow(deadlock);
    expect([guard.locked, mutex.locked, mutex.waiting]).toEqual([true, true, 0]);
    guard.unlock();
    expect(mutex.runSync(({ locked }) => locked)).toBe(true);
  });

  test('throws at once while another task of the thread holds it', async () => {
    const mutex = new Mutex();
    const task = mutex.run(() => turns(3));
    await turns(1);
    expect(() => mutex.lockSync()).toThrow(deadlock);
    await task;
    mutex.lockSync().unlock();
  });

  test('throws at once when a task got it that has not gone on yet', async () => {
    const mutex = new Mutex();
    const promise = mutex.lock();
    expect(() => mutex.lockSync()).toThrow(deadlock);
    (await promise).unlock();
  });

  test('through another object of the same mutex: throws without a timeout, and with one times out', () => {
    const mutex = new Mutex({ name: 'twice' });
    const same = Mutex.from(mutex);
    const guard = mutex.lockSync();
    expect(() => same.lockSync()).toThrow('Deadlock: thread 0 waits for Mutex "twice", held by thread 0');
    expect(() => same.lockSync({ timeout: 120 })).toThrow(timedOut);
    expect([mutex.locked, mutex.waiting]).toEqual([true, 0]);
    guard.unlock();
    same.lockSync().unlock();
  });

  test.each([false, true])('passes over a promise of the thread, which cannot run (fair: %s)', async (fair) => {
    const mutex = new Mutex({ fair });
    const puppet = await Puppet.start({ mutex });
    await puppet.run(({ mutex, kept }) => void kept.set('guard', mutex.lockSync()));
    const first = mutex.lock();
    puppet.tell(async ({ mutex, kept }) => {
      while (mutex.waiting < 2) await new Promise(setImmediate);
      kept.get('guard').unlock();
    });
    const guard = mutex.lockSync();
    expect(mutex.waiting).toBe(1);
    guard.unlock();
    (await within('the promise', first, mutex)).unlock();
    expect([mutex.locked, mutex.waiting]).toEqual([false, 0]);
    await puppet.terminate();
  });

  test('from Condition.waitSync passes over a promise of the thread, too', async () => {
    const mutex = new Mutex({ fair: true });
    const condition = new Condition(mutex);
    const puppet = await Puppet.start({ condition });
    const guard = mutex.lockSync();
    const first = mutex.lock();
    puppet.tell(async ({ condition }) => {
      while (condition.waiting === 0) await new Promise(setImmediate);
      condition.notify();
    });
    condition.waitSync(guard);
    expect([guard.locked, mutex.waiting]).toEqual([true, 1]);
    guard.unlock();
    (await within('the promise', first, mutex)).unlock();
    expect([mutex.locked, mutex.waiting, condition.waiting]).toEqual([false, 0, 0]);
    await puppet.terminate();
  });
});

describe('a lock that a promise of a blocked thread was granted, or will be first', () => {
  test("is in nobody's way: what it was granted and has not seen goes back", async () => {
    const a = new Mutex({ name: 'a', fair: true });
    const b = new Mutex({ name: 'b' });
    const puppet = await Puppet.start({ a, b });
    const [guardOfA, guardOfB] = [a.lockSync(), b.lockSync()];
    const ended = puppet.run(async ({ a, b, kept }) => {
      const promise = a.lock();
      b.lockSync().unlock();
      kept.set('a', await promise);
      return 'went on';
    });
    await until('the worker to block', () => a.waiting === 1 && b.waiting === 1, a, b);
    guardOfA.unlock();
    // The worker's promise comes first, and its thread waits for `b`, which is this thread's.
    a.lockSync().unlock();
    guardOfB.unlock();
    expect(await within('the worker', ended, a, b)).toBe('went on');
    await puppet.run(({ kept }) => kept.get('a').unlock());
    expect([a.locked, a.waiting, b.locked, b.waiting]).toEqual([false, 0, false, 0]);
    await puppet.terminate();
  });

  test('also when all have blocked before it is free', async () => {
    const a = new Mutex({ name: 'a' });
    const b = new Mutex({ name: 'b' });
    const [one, two] = await Promise.all([Puppet.start({ a, b }), Puppet.start({ a, b })]);
    const guardOfA = a.lockSync();
    await two.run(({ b, kept }) => void kept.set('b', b.lockSync()));
    const first = one.run(async ({ a, b }) => {
      const promise = a.lock();
      b.lockSync().unlock();
      (await promise).unlock();
    });
    await until('one to block', () => a.waiting === 1 && b.waiting === 1, a, b);
    const second = two.run(({ a, kept }) => {
      a.lockSync().unlock();
      kept.get('b').unlock();
    });
    await until('the other to block', () => a.waiting === 2, a, b);
    // Both look for a cycle meanwhile, and there is none.
    await sleep(200);
    guardOfA.unlock();
    await within('both', Promise.all([first, second]), a, b);
    for (const each of [one, two]) await each.terminate();
  });
});
