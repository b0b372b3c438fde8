import { setTimeout as sleep } from 'node:timers/promises';
import { Condition, Mutex, type MutexGuard, RwLock, type WriteGuard } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';
import { randomOf, seedOf } from '../support/random.mjs';

const DEATHS = 250;
const AT_A_TIME = 6;
const VISITORS = 2;

/** Words that all threads share. */
const Word = { UNDER_MUTEX: 0, UNDER_RWLOCK: 1, BROKEN: 2, UNEXPECTED: 3, STOP: 4, DONE: 5, ENDED: 6 } as const;

interface Objects {
  readonly mutex: Mutex;
  readonly lock: RwLock;
  readonly condition: Condition;
}

/**
 * Lives at random, until it is told to stop or dies. What a lock protects is a word that is odd while it is changed: it
 * may change under nobody else's hands, and who finds it odd must have been told that the last owner died.
 */
const live = async (stage: Objects & { words: Int32Array }, seed: number, mortal: boolean, word: typeof Word) => {
  const { mutex, lock, condition, words } = stage;
  let state = (seed * 2654435761 + 1) | 0 || 1;
  const random = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const broken = () => Atomics.add(words, word.BROKEN, 1);

  const change = (which: number, told: boolean) => {
    const found = Atomics.load(words, which);
    if (found % 2 !== 0 && !told) broken();
    const mine = found + (found % 2 === 0 ? 1 : 2);
    Atomics.store(words, which, mine);
    for (let i = random(200); i > 0; i--) random(2);
    if (mortal && random(100) === 0) process.exit(1);
    if (Atomics.load(words, which) !== mine) broken();
    Atomics.store(words, which, mine + 1);
  };
  const look = () => {
    const found = Atomics.load(words, word.UNDER_RWLOCK);
    for (let i = random(200); i > 0; i--) random(2);
    if (Atomics.load(words, word.UNDER_RWLOCK) !== found) broken();
  };
  const inMutex = (guard: MutexGuard | undefined) => {
    if (guard !== undefined) change(word.UNDER_MUTEX, guard.abandoned);
    guard?.unlock();
  };
  const writing = (guard: WriteGuard | undefined) => {
    if (guard === undefined) return;
    change(word.UNDER_RWLOCK, guard.abandoned);
    if (random(3) > 0) return guard.unlock();
    const reader = guard.downgrade();
    look();
    reader.unlock();
  };
  const reading = (guard: { unlock(): void } | undefined) => {
    if (guard !== undefined) look();
    guard?.unlock();
  };
  /** Who is told mends what was left, before it unlocks for whatever reason: nobody else is told. */
  const mended = (guard: MutexGuard) => {
    change(word.UNDER_MUTEX, guard.abandoned);
    return guard;
  };
  /** The guard of a wait is locked at its end, whichever way that came. */
  const waited = (guard: MutexGuard) => {
    if (!guard.locked) broken();
    inMutex(guard);
  };

  const timeout = () => ({ timeout: random(3) });
  const aborted = () => {
    const abort = new AbortController();
    if (random(2) === 0) setImmediate(() => abort.abort());
    else queueMicrotask(() => abort.abort());
    return { signal: abort.signal };
  };
  const ways = [
    () => inMutex(mutex.tryLock()),
    () => inMutex(mutex.lockSync()),
    () => inMutex(mutex.lockSync(timeout())),
    async () => inMutex(await mutex.lock()),
    async () => inMutex(await mutex.lock(aborted())),
    async () => {
      const guard = await mutex.lock(timeout());
      await turn();
      inMutex(guard);
    },
    () => Promise.all(Array.from({ length: random(6) }, async () => inMutex(await mutex.lock()))),
    () => reading(lock.tryRead()),
    () => reading(lock.readSync()),
    async () => reading(await lock.read(timeout())),
    async () => reading(await lock.read(aborted())),
    () => Promise.all(Array.from({ length: random(6) }, async () => reading(await lock.read()))),
    () => writing(lock.tryWrite()),
    () => writing(lock.writeSync()),
    () => writing(lock.writeSync(timeout())),
    async () => writing(await lock.write()),
    async () => writing(await lock.write(aborted())),
    () => void condition.notify(),
    () => void condition.notifyAll(),
    () =>
      mutex.runSync((guard) => {
        condition.notify(2);
        inMutex(guard);
      }),
    () => {
      const guard = mended(mutex.lockSync());
      try {
        condition.waitSync(guard, timeout());
      } finally {
        waited(guard);
      }
    },
    ...[timeout, aborted].map((options) => async () => {
      const guard = mended(await mutex.lock());
      try {
        await condition.wait(guard, options());
      } finally {
        waited(guard);
      }
    }),
    async () => {
      const guard = mended(await mutex.lock());
      try {
        await condition.waitFor(guard, () => mended(guard).locked && random(3) === 0, timeout());
      } finally {
        waited(guard);
      }
    },
    // Who is to die may wait for ever.
    async () => {
      const guard = mended(mutex.lockSync());
      if (!mortal) return inMutex(guard);
      if (random(2) === 0) condition.waitSync(guard);
      else await condition.wait(guard);
      waited(guard);
    },
  ];
  while (Atomics.load(words, word.STOP) === 0) {
    try {
      await ways[random(ways.length)]?.();
      Atomics.add(words, word.DONE, 1);
    } catch (error) {
      const { code, name } = error as { code: string; name: string };
      if (code !== 'ERR_TIMEOUT' && name !== 'AbortError') {
        Atomics.add(words, word.UNEXPECTED, 1);
        console.error(error);
      }
    }
  }
  Atomics.add(words, word.ENDED, 1);
};

test(`${DEATHS} threads die anywhere among guards of a Mutex, a RwLock and a Condition: nothing is lost, broken or kept quiet`, async () => {
  const seed = seedOf('guards');
  const random = randomOf(seed);
  const mutex = new Mutex({ name: 'm' });
  const objects: Objects = { mutex, lock: new RwLock({ name: 'l' }), condition: new Condition(mutex, { name: 'c' }) };
  const { lock, condition } = objects;
  const memory = new SharedArrayBuffer(4 * Object.keys(Word).length);
  const words = new Int32Array(memory);

  const visitors = await Puppet.startMany(VISITORS, objects, memory);
  for (const [i, visitor] of visitors.entries()) visitor.tell(live, seed - 1 - i, false, Word);
  let begun = 0;
  const chain = async () => {
    while (begun < DEATHS) {
      const puppet = await Puppet.start(objects, memory);
      puppet.tell(live, seed + begun++, true, Word);
      await sleep(random(8));
      await puppet.terminate();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, chain));
  Atomics.store(words, Word.STOP, 1);
  await until('the visitors to end', () => Atomics.load(words, Word.ENDED) === VISITORS, objects, words);

  expect([words[Word.BROKEN], words[Word.UNEXPECTED]]).toEqual([0, 0]);
  expect([mutex.locked, mutex.waiting, condition.waiting]).toEqual([false, 0, 0]);
  expect([lock.readers, lock.writing, lock.waiting]).toEqual([0, false, 0]);
  // Whatever is left half done, the next to come is told of.
  const guard = mutex.lockSync();
  if ((words[Word.UNDER_MUTEX] as number) % 2 !== 0) expect(guard.abandoned).toBe(true);
  guard.unlock();
  const writer = lock.writeSync();
  if ((words[Word.UNDER_RWLOCK] as number) % 2 !== 0) expect(writer.abandoned).toBe(true);
  writer.unlock();
  console.log(`${DEATHS} deaths among ${words[Word.DONE]} operations`);
  for (const visitor of visitors) await visitor.terminate();
}, 120_000);
