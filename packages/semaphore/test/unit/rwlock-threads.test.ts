import { RwLock, type WriteGuard } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { readersQueue } from '../support/fill.js';
import { Puppet } from '../support/puppet.js';

type Reader = Puppet<{ lock: RwLock }>;

function expectFree(lock: RwLock): void {
  expect([lock.readers, lock.writing, lock.waiting]).toEqual([0, false, 0]);
  const guard = lock.tryWrite() as WriteGuard;
  expect(guard.locked).toBe(true);
  guard.unlock();
}

test('no reader sees a write half done, no write is lost, and nobody writes between write and read of a downgrade', async () => {
  const lock = new RwLock();
  const THREADS = 4;
  const ROUNDS = 1500;
  // Words 0 and 1 are always equal outside of a write; word 2 counts writes, with Atomics, to be compared.
  const words = new SharedArrayBuffer(12);
  const puppets = await Puppet.startMany(THREADS, { lock }, words);
  const work = puppets.map((puppet, i) =>
    puppet.run(
      async ({ lock, words }, offset, rounds) => {
        const torn: string[] = [];
        const look = (where: string, expected?: number) => {
          const [a, b] = words as unknown as [number, number];
          if (a !== b || (expected !== undefined && a !== expected)) torn.push(`${where}: ${a} ${b} ${expected}`);
        };
        const change = () => {
          const value = (words[0] as number) + 1;
          words[0] = value;
          for (let spin = 0; spin < 20; spin++) Atomics.load(words, 2);
          words[1] = value;
          Atomics.add(words, 2, 1);
          return value;
        };
        const ways = [
          () => {
            const guard = lock.readSync();
            look('readSync');
            guard.unlock();
          },
          async () => {
            const guard = await lock.read();
            look('read');
            guard.unlock();
          },
          () => {
            const guard = lock.writeSync();
            change();
            guard.unlock();
          },
          async () => {
            const guard = await lock.write();
            change();
            guard.unlock();
          },
          () => {
            const writer = lock.writeSync();
            const written = change();
            const reader = writer.downgrade();
            for (let i = 0; i < 20; i++) look('downgraded', written);
            reader.unlock();
          },
          () => {
            const reader = lock.tryRead();
            if (reader !== undefined) look('tryRead');
            reader?.unlock();
            const writer = lock.tryWrite();
            if (writer !== undefined) change();
            writer?.unlock();
          },
        ];
        for (let i = 0; i < rounds; i++) await ways[(i + offset) % ways.length]?.();
        return torn;
      },
      i,
      ROUNDS,
    ),
  );
  const torn = (await within('all rounds', Promise.all(work), lock)).flat();
  expect(torn).toEqual([]);
  const [a, b, writes] = new Int32Array(words);
  expect([a, b]).toEqual([writes, writes]);
  expect(writes).toBeGreaterThanOrEqual(THREADS * ROUNDS * 0.5);
  expectFree(lock);
  for (const puppet of puppets) await puppet.terminate();
});

describe.each([false, true])('fair: %s', (fair) => {
  test('a writer waits for the readers that are inside, and for none of the stream that comes after it', async () => {
    const lock = new RwLock({ fair });
    const READERS = 3;
    const WRITES = 200;
    // Word 0: readers that have entered. Word 1: the stream may end.
    const words = new SharedArrayBuffer(8);
    const readers = await Puppet.startMany(READERS, { lock }, words);
    const writer = await Puppet.start({ lock }, words);
    const streams = readers.map((reader) =>
      reader.run(({ lock, words }) => {
        while (Atomics.load(words, 1) === 0) {
          const guard = lock.readSync();
          Atomics.add(words, 0, 1);
          guard.unlock();
        }
      }),
    );
    await until('the stream to flow', () => Atomics.load(new Int32Array(words), 0) > 100, lock);
    const overtaken = await writer.run(async ({ lock, words }, writes) => {
      let most = 0;
      for (let i = 0; i < writes; i++) {
        const wait = lock.write();
        const before = Atomics.load(words, 0);
        const guard = await wait;
        most = Math.max(most, Atomics.load(words, 0) - before);
        guard.unlock();
      }
      Atomics.store(words, 1, 1);
      return most;
    }, WRITES);
    // Each may be inside and not have counted itself yet.
    expect(overtaken).toBeLessThanOrEqual(READERS);
    await within('the end of the stream', Promise.all(streams), lock);
    expectFree(lock);
    for (const puppet of [...readers, writer]) await puppet.terminate();
  });

  test('a reader gets in under a stream of writers', async () => {
    const lock = new RwLock({ fair });
    const WRITERS = 3;
    const READS = 200;
    const words = new SharedArrayBuffer(8);
    const writers = await Puppet.startMany(WRITERS, { lock }, words);
    const reader = await Puppet.start({ lock }, words);
    const streams = writers.map((writer) =>
      writer.run(({ lock, words }) => {
        while (Atomics.load(words, 1) === 0) {
          const guard = lock.writeSync();
          Atomics.add(words, 0, 1);
          guard.unlock();
        }
      }),
    );
    await until('the stream to flow', () => Atomics.load(new Int32Array(words), 0) > 100, lock);
    const overtaken = await reader.run(async ({ lock, words }, reads) => {
      let most = 0;
      for (let i = 0; i < reads; i++) {
        const wait = lock.read();
        const before = Atomics.load(words, 0);
        const guard = await wait;
        most = Math.max(most, Atomics.load(words, 0) - before);
        guard.unlock();
      }
      Atomics.store(words, 1, 1);
      return most;
    }, READS);
    if (fair) expect(overtaken).toBeLessThanOrEqual(WRITERS);
    await within('the end of the stream', Promise.all(streams), lock);
    expectFree(lock);
    for (const puppet of [...writers, reader]) await puppet.terminate();
  });
});

describe('a holder dies', () => {
  const keep: Record<string, (puppet: Reader) => Promise<void>> = {
    'to read': (puppet) => puppet.run(({ lock, kept }) => void kept.set('guard', lock.readSync())),
    'to write': (puppet) => puppet.run(({ lock, kept }) => void kept.set('guard', lock.writeSync())),
    'to write, then downgraded': (puppet) =>
      puppet.run(({ lock, kept }) => void kept.set('guard', lock.writeSync().downgrade())),
    'to read, twice': (puppet) =>
      puppet.run(({ lock, kept }) => void kept.set('guards', [lock.readSync(), lock.readSync()])),
  };
  const die: Record<string, (puppet: Reader) => Promise<unknown>> = {
    'terminate()': (puppet) => puppet.terminate(),
    'process.exit()': (puppet) => {
      puppet.tell(() => process.exit(0));
      return puppet.gone;
    },
    returning: (puppet) => {
      puppet.tell(({ port }) => port.close());
      return puppet.gone;
    },
  };
  const cases = Object.keys(keep).flatMap((how) => Object.keys(die).map((way) => [how, way] as const));

  test.each(cases)(
    'that held it %s, by %s: waiting readers and writers, blocked and not, are served',
    async (how, way) => {
      const lock = new RwLock();
      const [holder, blockedReader, blockedWriter] = (await Promise.all(
        Array.from({ length: 3 }, () => Puppet.start({ lock })),
      )) as [Reader, Reader, Reader];
      await keep[how]?.(holder);
      const writer = blockedWriter.run(({ lock }) => {
        const guard = lock.writeSync();
        guard.unlock();
        return guard.abandoned;
      });
      await until('a writer in the queue', () => lock.waiting === 1, lock);
      await readersQueue(lock);
      const reader = blockedReader.run(({ lock }) => lock.readSync().unlock());
      await until('a reader in the queue', () => lock.waiting === 2, lock);
      const here = [lock.read(), lock.write(), lock.read()] as const;
      await within('the death', die[way]?.(holder) as Promise<unknown>);
      // Only a writer may have left things half done, and only the next writer is told: what it finds, it may mend.
      expect(await within('the blocked writer', writer, lock)).toBe(how === 'to write');
      await within('the blocked reader', reader, lock);
      for (const wait of here) {
        const guard = await within('a promise', wait as Promise<WriteGuard>, lock);
        expect(guard.abandoned ?? false).toBe(false);
        guard.unlock();
      }
      expectFree(lock);
      for (const puppet of [blockedReader, blockedWriter]) await puppet.terminate();
    },
  );

  test('among other readers, which go on', async () => {
    const lock = new RwLock();
    const holder = await Puppet.start({ lock });
    await holder.run(({ lock, kept }) => void kept.set('guards', [lock.readSync(), lock.readSync()]));
    const mine = lock.readSync();
    const writer = lock.write();
    expect(lock.readers).toBe(3);
    await holder.terminate();
    expect([lock.readers, lock.waiting]).toEqual([1, 1]);
    mine.unlock();
    const guard = await within('the writer', writer, lock);
    expect(guard.abandoned).toBe(false);
    guard.unlock();
    expectFree(lock);
  });

  test('having written: readers that come between do not take the news from the next writer, in whatever way it comes', async () => {
    for (const write of ['tryWrite', 'writeSync', 'write'] as const) {
      const lock = new RwLock();
      const holder = await Puppet.start({ lock });
      await keep['to write']?.(holder);
      const waitingReader = lock.read();
      await holder.terminate();
      for (const guard of [await within('the reader', waitingReader, lock), lock.tryRead(), lock.readSync()])
        guard?.unlock();
      const told = (await lock[write]()) as WriteGuard;
      expect(told.abandoned, write).toBe(true);
      // It keeps what it knows, also past its end.
      told.downgrade().unlock();
      expect(told.abandoned).toBe(true);
      const next = lock.writeSync();
      expect(next.abandoned).toBe(false);
      next.unlock();
    }
  });

  test('while it waited to write: those behind it are served', async () => {
    const lock = new RwLock();
    const mine = lock.readSync();
    const waiter = await Puppet.start({ lock });
    waiter.tell(({ lock }) => lock.writeSync());
    await until('the writer in the queue', () => lock.waiting === 1, lock);
    const behind = lock.read();
    await waiter.terminate();
    (await within('the reader behind it', behind, lock)).unlock();
    mine.unlock();
    expectFree(lock);
  });

  test('before it saw that it was granted it: the next is served', async () => {
    for (const how of ['read', 'write'] as const) {
      const lock = new RwLock();
      const mine = lock.writeSync();
      const waiter = await Puppet.start({ lock });
      waiter.tell(({ lock, words }, how) => {
        void lock[how as 'read']();
        Atomics.wait(words, 0, 0);
      }, how);
      await until('it in the queue', () => lock.waiting === 1, lock);
      const next = lock.write();
      mine.unlock();
      await waiter.terminate();
      (await within('the next', next, lock)).unlock();
      expectFree(lock);
    }
  });
});
