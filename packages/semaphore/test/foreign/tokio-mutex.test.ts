/**
 * The rules of tokio's own tests for tokio::sync::Mutex, in tests of our own.
 *
 * Source: tokio-rs/tokio (1.53.1), tokio/tests/sync_mutex.rs and sync_mutex_owned.rs at ea91b33ca57f, under MIT. Their rules
 * were read, no text was taken.
 *
 * A guard that is dropped there is one whose `using` block ends here. A mutex protects no value of its own here: what it
 * protects is kept beside it.
 *
 * | there | here |
 * |---|---|
 * | straight_execution | one after another lock it, and find what the one before left |
 * | readiness | a second lock waits until the first is unlocked |
 * | aborted_future_1 | a task that is given up while it holds the lock has unlocked: a promise cannot be dropped, so it ends by a rejection |
 * | aborted_future_2 | a task that is given up while it waits holds nothing: by timeout, and by abort |
 * | try_lock, try_lock_owned | tryLock gives it to one at a time |
 * | debug_format | a guard shows no value, since it has none |
 * | mutex_debug | whether it is locked is shown |
 * | lock (commented out there) | the lock of another thread is waited for, and what it wrote is seen |
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Mutex } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { isPending } from '../support/pending.js';
import { Puppet } from '../support/puppet.js';

test('one after another lock it, and find what the one before left', async () => {
  const mutex = new Mutex();
  let value = 100;
  for (const expected of [100, 99, 98]) {
    using _guard = await within('the lock', mutex.lock(), mutex);
    expect(value).toBe(expected);
    value--;
  }
  expect(mutex.locked).toBe(false);
});

test('a second lock waits until the first is unlocked', async () => {
  const mutex = new Mutex();
  const first = await mutex.lock();
  const second = mutex.lock();
  expect(await isPending(second)).toBe(true);
  first.unlock();
  (await within('the second', second, mutex)).unlock();
  expect(mutex.locked).toBe(false);
});

describe('a task that is given up', () => {
  const givenUp = new Error('given up');

  test('while it holds the lock has unlocked', async () => {
    const mutex = new Mutex();
    const abort = new AbortController();
    const byUsing = async () => {
      using _guard = await mutex.lock();
      await sleep(60_000, undefined, { signal: abort.signal });
    };
    const byRun = () => mutex.run(() => sleep(60_000, undefined, { signal: abort.signal }));
    const tasks = [byUsing(), byRun()].map((task) => expect(task).rejects.toMatchObject({ cause: givenUp }));
    expect([mutex.locked, mutex.waiting]).toEqual([true, 1]);
    abort.abort(givenUp);
    await within('both tasks', Promise.all(tasks), mutex);
    expect(mutex.locked).toBe(false);
    (await within('the next', mutex.lock({ timeout: 10_000 }), mutex)).unlock();
  });

  test.each(['timeout', 'abort'])('while it waits holds nothing: %s', async (how) => {
    const mutex = new Mutex();
    {
      using _guard = await mutex.lock();
      if (how === 'timeout') {
        await expect(mutex.run(() => {}, { timeout: 1 })).rejects.toThrow(timedOut);
      } else {
        const abort = new AbortController();
        const task = mutex.run(() => {}, { signal: abort.signal });
        abort.abort(givenUp);
        await expect(task).rejects.toBe(givenUp);
      }
      expect([mutex.locked, mutex.waiting]).toEqual([true, 0]);
    }
    (await within('the next', mutex.lock({ timeout: 10_000 }), mutex)).unlock();
    expect(mutex.locked).toBe(false);
  });
});

test('tryLock gives it to one at a time', () => {
  const mutex = new Mutex();
  {
    using first = mutex.tryLock();
    expect([first?.locked, mutex.tryLock()]).toEqual([true, undefined]);
  }
  expect(mutex.tryLock()?.locked).toBe(true);
});

test('whether it is locked is shown', () => {
  const mutex = new Mutex({ name: 'm' });
  expect(inspect(mutex)).toBe('Mutex "m" { locked: false, waiting: 0 }');
  using _guard = mutex.lockSync();
  expect(inspect(mutex)).toBe('Mutex "m" { locked: true, waiting: 0 }');
});

test.each(['lock', 'lockSync'] as const)(
  'the lock of another thread is waited for, and what it wrote is seen: %s',
  async (how) => {
    const mutex = new Mutex();
    const words = new SharedArrayBuffer(4);
    const puppet = await Puppet.start({ mutex }, words);
    await puppet.run(({ mutex, kept }) => void kept.set('guard', mutex.lockSync()));
    expect(mutex.tryLock()).toBeUndefined();
    // Once this thread waits, blocked or not: the other writes without an atomic, and unlocks.
    puppet.tell(({ mutex, kept, words }) => {
      while (mutex.waiting === 0);
      words[0] = 1;
      kept.get('guard').unlock();
    });
    using _guard = how === 'lock' ? await within('the lock', mutex.lock(), mutex) : mutex.lockSync();
    expect(new Int32Array(words)[0]).toBe(1);
    await queued(mutex, 0);
    await puppet.terminate();
  },
);
