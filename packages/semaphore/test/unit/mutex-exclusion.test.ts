import { Mutex } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

const THREADS = 4;
const ROUNDS = 3000;

/**
 * What the lock protects are two plain words, read and written without Atomics: a second thread inside loses an
 * increment, and a lock that does not order memory lets an old value be read.
 */
test.each([
  ['blocking', ['sync']],
  ['not blocking', ['async']],
  ['trying', ['try']],
  ['in all ways by turns', ['sync', 'async', 'try']],
])('%s, four threads increment plain words, and none of it is lost', async (_, ways) => {
  const mutex = new Mutex();
  const words = new SharedArrayBuffer(8);
  const puppets = await Puppet.startMany(THREADS, { mutex }, words);
  const work = puppets.map((puppet) =>
    puppet.run(
      async ({ mutex, words }, ways, rounds) => {
        const lock: Record<string, () => unknown> = {
          sync: () => mutex.lockSync(),
          async: () => mutex.lock(),
          try: () => {
            for (;;) {
              const guard = mutex.tryLock();
              if (guard !== undefined) return guard;
            }
          },
        };
        let torn = 0;
        for (let i = 0; i < rounds; i++) {
          const guard = (await lock[ways[i % ways.length] as string]?.()) as { unlock(): void };
          const [a, b] = words as unknown as [number, number];
          if (a !== b) torn++;
          words[0] = a + 1;
          words[1] = b + 1;
          guard.unlock();
        }
        return torn;
      },
      ways,
      ROUNDS,
    ),
  );
  expect(await within('all rounds', Promise.all(work), mutex)).toEqual([0, 0, 0, 0]);
  expect([...new Int32Array(words)]).toEqual([THREADS * ROUNDS, THREADS * ROUNDS]);
  expect([mutex.locked, mutex.waiting]).toEqual([false, 0]);
  for (const puppet of puppets) await puppet.terminate();
});
