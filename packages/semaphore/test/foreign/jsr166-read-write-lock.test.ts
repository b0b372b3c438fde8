/**
 * The rules of JSR-166's TCK for java.util.concurrent.locks.ReentrantReadWriteLock, in tests of our own, for RwLock. Those
 * for its conditions are in jsr166-condition.test.ts.
 *
 * Source: openjdk/jdk, test/jdk/java/util/concurrent/tck/ReentrantReadWriteLockTest.java at 131807a386ba. By Doug Lea and the
 * JSR-166 expert group, public domain (CC0); distributed by OpenJDK under GPL-2.0. Its rules were read, no text was taken.
 *
 * Like there, everything runs in both modes, default and fair. An interrupt is an abort here, or for a blocked thread its
 * `terminate()`. A lock here is a guard, not the thread's: it is not reentrant, and only its holder has it to unlock.
 *
 * | there | here |
 * |---|---|
 * | Constructor | as fair as it was told, nobody holds it |
 * | Lock | an unlocked lock is had to write, then to read |
 * | GetWriteHoldCount, GetHoldCount, WriteHoldingWriteLock4, WriteTryLock | not reentrant: who writes cannot lock again |
 * | GetReadHoldCount | each read counts, those of one thread too |
 * | WriteUnlock_IMSE, ReadUnlock_IMSE | nobody can unlock what he does not hold: only a guard unlocks, and the second time it does nothing |
 * | Write- and ReadLockInterruptibly_Interruptible, Write- and ReadTryLock_Interruptible, Write- and ReadLockInterruptibly | had when unlocked; while it is written a wait is aborted, and terminate() ends a blocked one |
 * | WriteTryLockWhenLocked, ReadTryLockWhenLocked | to others neither tryRead nor tryWrite gives a lock that is written |
 * | MultipleReadLocks, TryLockWhenReadLocked, WriteTryLockWhenReadLocked | many read at once, each way, and nobody can write |
 * | WriteAfterReadLock, WriteAfterMultipleReadLocks | a writer waits for all readers |
 * | ReaderWriterReaderFairFifo | a reader waits behind a writer that waits; here in both modes |
 * | ReadAfterWriteLock | readers wait for the writer, and are let in together |
 * | ReadHoldingWriteLock, 2 and 3 | not reentrant: the writer gets no read lock beside it, but may downgrade, whoever waits |
 * | ReadTryLockBarging | there tryLock overtakes a writer that waits; here tryRead does not, in either mode |
 * | WriteTryLock_Timeout, ReadTryLock_Timeout | a wait times out, not early; with a TimeoutError, not false |
 * | HasQueuedThreads, HasQueuedThread, GetQueueLength, GetQueuedThreads | the queue is seen: `waiting`, and `inspect()` for the threads |
 * | HasQueuedThreadNPE | no method that takes a thread |
 * | Serialization | what is posted is no copy: who holds the one holds the other |
 * | ToString, ReadLockToString, WriteLockToString | the state is shown, as console.log shows it |
 */
import { inspect } from 'node:util';
import { RwLock } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued, readersQueue } from '../support/fill.js';
import { threadsInQueue } from '../support/onlooker.js';
import { isPending } from '../support/pending.js';
import { Puppet } from '../support/puppet.js';

type Thread = Puppet<{ lock: RwLock }>;
type Method = 'read' | 'readSync' | 'write' | 'writeSync';

const methods: readonly Method[] = ['read', 'readSync', 'write', 'writeSync'];
const reads = ['read', 'readSync'] as const;
const writes = ['write', 'writeSync'] as const;

/** Locks and unlocks in another thread; how many readers there were, and whether it was written, in between. */
const pass = async ({ lock }: { lock: RwLock }, method: Method, options = {}) => {
  const guard = await lock[method](options);
  const seen = { readers: lock.readers, writing: lock.writing };
  guard.unlock();
  return seen;
};

const start = (lock: RwLock) => Puppet.start({ lock });
const startTwo = (lock: RwLock) => Puppet.startMany(2, { lock }) as Promise<[Thread, Thread]>;

function expectState(lock: RwLock, readers: number, writing: boolean, waiting = 0): void {
  expect({ readers: lock.readers, writing: lock.writing, waiting: lock.waiting }).toEqual({
    readers,
    writing,
    waiting,
  });
}

describe.each([
  ['default', false],
  ['fair', true],
])('%s', (mode, fair) => {
  test('as fair as it was told, and nobody holds it', () => {
    const lock = new RwLock({ fair });
    expect(lock.fair).toBe(fair);
    if (!fair) expect(new RwLock().fair).toBe(false);
    expectState(lock, 0, false);
  });

  test('an unlocked lock is had to write, then to read', async () => {
    const lock = new RwLock({ fair });
    for (const method of [...writes, ...reads]) {
      const guard = await lock[method]();
      const writing = method.startsWith('write');
      expectState(lock, writing ? 0 : 1, writing);
      guard.unlock();
      expectState(lock, 0, false);
    }
  });

  test('who writes cannot lock again', async () => {
    const lock = new RwLock({ fair });
    const guard = lock.tryWrite();
    expectState(lock, 0, true);
    expect([lock.tryWrite(), lock.tryRead()]).toEqual([undefined, undefined]);
    for (const method of writes) await expect((async () => lock[method]({ timeout: 2 }))()).rejects.toThrow(timedOut);
    expectState(lock, 0, true);
    guard?.unlock();
    expectState(lock, 0, false);
  });

  test('each read counts, those of one thread too', () => {
    const lock = new RwLock({ fair });
    const guards = Array.from({ length: 20 }, (_, i) => {
      const guard = lock.readSync();
      expectState(lock, i + 1, false);
      return guard;
    });
    for (const [i, guard] of guards.entries()) {
      guard.unlock();
      expectState(lock, guards.length - i - 1, false);
    }
  });

  test('a guard that unlocks a second time does nothing', () => {
    const lock = new RwLock({ fair });
    const [reader, other] = [lock.readSync(), lock.readSync()];
    reader.unlock();
    reader.unlock();
    expectState(lock, 1, false);
    other.unlock();
    const writer = lock.writeSync();
    writer.unlock();
    const next = lock.writeSync();
    writer.unlock();
    expectState(lock, 0, true);
    next.unlock();
  });

  test.each(['read', 'write'] as const)(
    '%s is had when unlocked; while it is written a wait is aborted',
    async (method) => {
      const lock = new RwLock({ fair });
      const abort = new AbortController();
      (await lock[method]({ signal: abort.signal })).unlock();
      const held = lock.writeSync();
      for (const timeout of [undefined, 60_000]) {
        const reason = new Error('interrupted');
        const abort = new AbortController();
        const wait = lock[method]({ timeout, signal: abort.signal });
        expect(lock.waiting).toBe(1);
        abort.abort(reason);
        await expect(wait).rejects.toBe(reason);
        expectState(lock, 0, true);
      }
      held.unlock();
      expectState(lock, 0, false);
    },
  );

  test.each(['readSync', 'writeSync'] as const)('terminate() ends a blocked %s', async (method) => {
    const lock = new RwLock({ fair });
    const held = lock.writeSync();
    const thread = await start(lock);
    thread.tell(pass, method);
    await queued(lock, 1);
    await thread.terminate();
    expectState(lock, 0, true);
    held.unlock();
    expectState(lock, 0, false);
  });

  test('while one writes, others get it neither way', async () => {
    const lock = new RwLock({ fair });
    const held = lock.writeSync();
    const thread = await start(lock);
    expect(await thread.run(({ lock }) => [lock.tryWrite() === undefined, lock.tryRead() === undefined])).toEqual([
      true,
      true,
    ]);
    held.unlock();
    await thread.terminate();
  });

  test('many read at once, each way, and nobody can write', async () => {
    const lock = new RwLock({ fair });
    const held = lock.readSync();
    const thread = await start(lock);
    expect(await thread.run(({ lock }) => lock.tryWrite() === undefined)).toBe(true);
    const shared = { readers: 2, writing: false };
    const tried = await thread.run(({ lock }) => {
      const guard = lock.tryRead();
      const seen = { readers: lock.readers, writing: lock.writing };
      guard?.unlock();
      return seen;
    });
    expect(tried).toEqual(shared);
    for (const method of reads) {
      expect(await thread.run(pass, method, { timeout: 60_000 })).toEqual(shared);
      expect(await thread.run(pass, method)).toEqual(shared);
    }
    held.unlock();
    await thread.terminate();
  });

  test.each(writes)('%s waits for all readers', async (method) => {
    const lock = new RwLock({ fair });
    const guards = [lock.readSync(), lock.readSync()];
    const thread = await start(lock);
    expect(await thread.run(pass, 'readSync')).toEqual({ readers: 3, writing: false });
    const written = thread.run(pass, method);
    await queued(lock, 1);
    guards.pop()?.unlock();
    expect(await isPending(written)).toBe(true);
    expectState(lock, 1, false, 1);
    guards.pop()?.unlock();
    expect(await within('the writer', written, lock)).toEqual({ readers: 0, writing: true });
    expectState(lock, 0, false);
    await thread.terminate();
  });

  test.each(reads)('%s waits behind a writer that waits', async (method) => {
    const lock = new RwLock({ fair });
    const held = lock.readSync();
    const [writer, reader] = await startTwo(lock);
    const written = writer.run(({ lock, words }) => {
      const guard = lock.writeSync();
      words[0] = 1;
      guard.unlock();
    });
    await queued(lock, 1);
    await readersQueue(lock);
    const read = reader.run(async ({ lock, words }, method) => {
      const guard = await lock[method]();
      const seen = { readers: lock.readers, written: words[0] };
      guard.unlock();
      return seen;
    }, method);
    await queued(lock, 2);
    expectState(lock, 1, false, 2);
    held.unlock();
    const [, seen] = await within('both', Promise.all([written, read]), lock);
    expect(seen).toEqual({ readers: 1, written: 1 });
    expectState(lock, 0, false);
    for (const thread of [writer, reader]) await thread.terminate();
  });

  test('readers wait for the writer, and are let in together', async () => {
    const lock = new RwLock({ fair });
    const held = lock.writeSync();
    const threads = await startTwo(lock);
    const waits = threads.map((thread, i) =>
      thread.run(async ({ lock, kept }, method) => {
        kept.set('guard', await lock[method]());
      }, reads[i] ?? 'read'),
    );
    await queued(lock, 2);
    held.unlock();
    await within('both', Promise.all(waits), lock);
    expectState(lock, 2, false);
    for (const thread of threads) await thread.run(({ kept }) => kept.get('guard').unlock());
    expectState(lock, 0, false);
    for (const thread of threads) await thread.terminate();
  });

  test.each(methods)('a writer may downgrade while another thread is in %s', async (method) => {
    const lock = new RwLock({ fair });
    const held = lock.writeSync();
    expect(lock.tryRead()).toBeUndefined();
    const thread = await start(lock);
    const through = thread.run(pass, method);
    await queued(lock, 1);
    const reading = held.downgrade();
    expect([held.locked, reading.locked, lock.writing]).toEqual([false, true, false]);
    if (method.startsWith('read'))
      expect(await within('the reader', through, lock)).toEqual({ readers: 2, writing: false });
    else expect(await isPending(through)).toBe(true);
    expectState(lock, 1, false, method.startsWith('read') ? 0 : 1);
    reading.unlock();
    await within('the other thread', through, lock);
    expectState(lock, 0, false);
    await thread.terminate();
  });

  test('tryRead does not overtake a writer that waits', async () => {
    const lock = new RwLock({ fair });
    const held = lock.readSync();
    const [writer, other] = await startTwo(lock);
    const written = writer.run(pass, 'writeSync');
    await queued(lock, 1);
    await readersQueue(lock);
    expect(await other.run(({ lock }) => lock.tryRead() === undefined)).toBe(true);
    expect(lock.tryRead()).toBeUndefined();
    expectState(lock, 1, false, 1);
    held.unlock();
    await within('the writer', written, lock);
    for (const thread of [writer, other]) await thread.terminate();
  });

  test.each(methods)('%s times out while it is written, not early', async (method) => {
    const lock = new RwLock({ fair });
    const held = lock.writeSync();
    const start = performance.now();
    await expect((async () => lock[method]({ timeout: 12 }))()).rejects.toThrow(timedOut);
    expect(performance.now() - start).toBeGreaterThanOrEqual(12);
    expectState(lock, 0, true);
    held.unlock();
  });

  test('the queue is seen: how many, and which threads', async () => {
    const lock = new RwLock({ fair, name: `rw seen, ${mode}` });
    expect([lock.waiting, threadsInQueue(lock)]).toEqual([0, []]);
    const held = lock.writeSync();
    const [first, second] = await startTwo(lock);
    const firstId = first.id;
    first.tell(pass, 'writeSync');
    await queued(lock, 1);
    expect(threadsInQueue(lock)).toEqual([firstId]);
    const through = second.run(pass, 'write');
    await queued(lock, 2);
    expect(threadsInQueue(lock)).toEqual([firstId, second.id]);
    await first.terminate();
    expect([lock.waiting, threadsInQueue(lock)]).toEqual([1, [second.id]]);
    held.unlock();
    await within('the second', through, lock);
    expect([lock.waiting, threadsInQueue(lock)]).toEqual([0, []]);
    await second.terminate();
  });

  test('what is posted is no copy', () => {
    const lock = new RwLock({ fair });
    const held = lock.writeSync();
    const arrived = RwLock.from(structuredClone(lock));
    expect([arrived.fair, arrived.writing, arrived.tryRead()]).toEqual([fair, true, undefined]);
    held.unlock();
    const guard = arrived.readSync();
    expectState(lock, 1, false);
    guard.unlock();
    expectState(lock, 0, false);
  });

  test('the state is shown', () => {
    const lock = new RwLock({ fair });
    expect(inspect(lock)).toMatch(/readers: 0, writing: false/);
    const writer = lock.writeSync();
    expect(inspect(lock)).toMatch(/readers: 0, writing: true/);
    writer.unlock();
    const readers = [lock.readSync(), lock.readSync()];
    for (const count of [2, 1, 0]) {
      expect(inspect(lock)).toContain(`readers: ${count}, writing: false`);
      readers.pop()?.unlock();
    }
  });
});
