import { Condition, Mutex, RwLock } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

/** Long enough for a blocked thread to look for a deadlock several times. */
const SEVERAL_LOOKS_MS = 400;

test('a holder that is slow, running or asleep, is waited for', async () => {
  const mutex = new Mutex();
  const [holder, waiter] = await Promise.all([Puppet.start({ mutex }), Puppet.start({ mutex })]);
  const held = holder.run(
    ({ mutex, words }, ms) =>
      mutex.runSync(() => {
        while (mutex.waiting === 0);
        const end = performance.now() + ms / 2;
        while (performance.now() < end);
        Atomics.wait(words, 0, 0, ms / 2);
        return 'held';
      }),
    SEVERAL_LOOKS_MS,
  );
  await until('the holder to have it', () => mutex.locked, mutex);
  const waited = waiter.run(({ mutex }) => mutex.runSync(() => 'had'));
  expect(await within('both', Promise.all([held, waited]), mutex)).toEqual(['held', 'had']);
  for (const each of [holder, waiter]) await each.terminate();
});

test('a wait with a timeout ends the cycle itself, however long it is', async () => {
  const a = new Mutex();
  const b = new Mutex();
  const [patient, brief] = await Promise.all([Puppet.start({ a, b }), Puppet.start({ a, b })]);
  await patient.run(({ a, kept }) => void kept.set('guard', a.lockSync()));
  await brief.run(({ b, kept }) => void kept.set('guard', b.lockSync()));
  const waits = [
    patient.run(({ b }) => b.runSync(() => 'had')),
    brief.run(({ a, kept }, timeout) => {
      try {
        return a.runSync(() => 'had', { timeout });
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        kept.get('guard').unlock();
      }
    }, SEVERAL_LOOKS_MS),
  ];
  expect(await within('both', Promise.all(waits), a, b)).toEqual(['had', 'ERR_TIMEOUT']);
  for (const each of [patient, brief]) await each.terminate();
});

test('a holder that waits with a promise goes on when its loop turns', async () => {
  const a = new Mutex();
  const b = new Mutex();
  const [blocks, awaits] = await Promise.all([Puppet.start({ a, b }), Puppet.start({ a, b })]);
  await blocks.run(({ a, kept }) => void kept.set('guard', a.lockSync()));
  await awaits.run(({ b, kept }) => void kept.set('guard', b.lockSync()));
  const promise = awaits.run(({ a }, timeout) => a.run(() => 'had', { timeout }).catch(({ code }) => code), 60_000);
  await until('the promise to wait', () => a.waiting === 1, a);
  const blocked = blocks.run(({ b, kept }) => {
    const had = b.runSync(() => 'had');
    kept.get('guard').unlock();
    return had;
  });
  await until('the other thread to block', () => b.waiting === 1, b);
  // Blocked for `b`, whose holder waits for `a` with a promise, it may yet get it: the loop over there turns.
  await awaits.run(async ({ kept }, ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    kept.get('guard').unlock();
  }, SEVERAL_LOOKS_MS);
  expect(await within('both', Promise.all([blocked, promise]), a, b)).toEqual(['had', 'had']);
  for (const each of [blocks, awaits]) await each.terminate();
});

test('a holder that waits for a notification is not blocked for a mutex', async () => {
  const mutex = new Mutex();
  const other = new Mutex();
  const condition = new Condition(mutex);
  const [waits, blocks] = await Promise.all([Puppet.start({ other, condition }), Puppet.start({ other, condition })]);
  const waited = waits.run(({ other, condition }) =>
    other.runSync(() => condition.mutex.runSync((guard) => condition.waitSync(guard))),
  );
  await until('the wait for a notification', () => condition.waiting === 1, condition);
  const blocked = blocks.run(({ other, condition }) => condition.mutex.runSync(() => other.runSync(() => 'had')));
  await until('the other thread to block', () => other.waiting === 1, other);
  const notified = new Promise((resolve) => setTimeout(() => resolve(condition.notify()), SEVERAL_LOOKS_MS));
  // It wakes and waits for the mutex again: only now is there a cycle.
  expect(await within('the notification', notified)).toBe(1);
  const ends = await within('both', Promise.allSettled([waited, blocked]), mutex, other);
  expect(ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'went on')).sort()).toEqual([
    'ERR_DEADLOCK',
    'went on',
  ]);
  expect([mutex.locked, other.locked, mutex.waiting, other.waiting]).toEqual([false, false, 0, 0]);
  for (const each of [waits, blocks]) await each.terminate();
});

test('threads that take the same mutexes in turn, blocking in a chain, are never told', async () => {
  const [a, b, c] = [new Mutex(), new Mutex(), new Mutex()] as const;
  const lock = new RwLock();
  const puppets = await Puppet.startMany(4, { a, b, c, lock });
  const work = puppets.map((puppet, i) =>
    puppet.run(
      async ({ a, b, c, lock, words }, i, rounds) => {
        for (let round = 0; round < rounds; round++) {
          const read = lock.readSync();
          const guards = [a.lockSync(), i % 2 === 0 ? b.lockSync() : await b.lock(), c.lockSync()];
          Atomics.add(words, 0, 1);
          // Now and then for longer than a slice, so that the others look.
          if (round % 40 === 10 * i) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
          for (const guard of guards) guard.unlock();
          read.unlock();
        }
      },
      i,
      200,
    ),
  );
  await within('all rounds', Promise.all(work), a, b, c);
  expect([a, b, c].map(({ locked, waiting }) => [locked, waiting])).toEqual(Array(3).fill([false, 0]));
  for (const puppet of puppets) await puppet.terminate();
});
