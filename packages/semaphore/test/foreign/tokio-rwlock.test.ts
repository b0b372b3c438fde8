/**
 * The rules of tokio's own tests for tokio::sync::RwLock, in tests of our own.
 *
 * Source: tokio-rs/tokio (1.53.1), tokio/tests/sync_rwlock.rs at ea91b33ca57f, under MIT. Its rules were read, no text was
 * taken.
 *
 * A guard that is dropped there is one that is unlocked here, a future that is dropped is a wait that is aborted. A lock
 * protects no value of its own here: what it protects is kept beside it.
 *
 * | there | here |
 * |---|---|
 * | into_inner | there is no value to take out |
 * | read_shared, read_uncontested | two read at once |
 * | write_uncontested, write_exclusive_pending | one writes, and the next waits until it has unlocked |
 * | write_shared_pending, write_shared_drop | who is to write waits for who reads |
 * | read_exclusive_pending | who is to read waits for who writes |
 * | exhaust_reading, zero_max_readers, zero_max_readers_const | how many may read is no option here: 2 ** 29 - 1. That who finds none left goes on when one comes back is tested where the number can be chosen, for Semaphore |
 * | write_read_shared_pending | who is to read waits behind who is to write |
 * | write_read_shared_drop_pending | and goes on when that one is given up |
 * | write_order | locked in the order of the calls (there, in that of the first polls) |
 * | multithreaded | four threads add to one number under the lock, and nothing is lost |
 * | try_write, try_read_try_write | tryWrite and tryRead, and what was written is read |
 * | downgrade_map | who is to read goes on when the writer downgrades |
 * | try_downgrade_map | a downgrade cannot fail here, but of a guard that is unlocked |
 */
import { RwLock } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { isPending } from '../support/pending.js';
import { Puppet } from '../support/puppet.js';

const modes = [
  { mode: 'default', fair: false },
  { mode: 'fair', fair: true },
];

describe.each(modes)('$mode', ({ fair }) => {
  const soon = <T>(wait: Promise<T>) => within('the lock', wait);

  test('two read at once', async () => {
    const lock = new RwLock({ fair });
    const guards = [await soon(lock.read()), await soon(lock.read())];
    expect([lock.readers, lock.writing]).toEqual([2, false]);
    for (const guard of guards) guard.unlock();
    expect(lock.readers).toBe(0);
  });

  test.each(['read', 'write'] as const)('%s waits for who writes', async (method) => {
    const lock = new RwLock({ fair });
    const first = await soon(lock.write());
    const second: Promise<{ unlock(): void }> = lock[method]();
    expect(await isPending(second)).toBe(true);
    first.unlock();
    (await soon(second)).unlock();
    expect([lock.readers, lock.writing]).toEqual([0, false]);
  });

  test('who is to write waits for all who read', async () => {
    const lock = new RwLock({ fair });
    const guards = [await soon(lock.read()), await soon(lock.read())];
    const writer = lock.write();
    for (const guard of guards) {
      expect(await isPending(writer)).toBe(true);
      guard.unlock();
    }
    expect((await soon(writer)).locked).toBe(true);
  });

  test('who is to read waits behind who is to write, and goes on when that one is given up', async () => {
    const lock = new RwLock({ fair });
    const held = [await soon(lock.read()), await soon(lock.read())];
    const abort = new AbortController();
    const writer = lock.write({ signal: abort.signal });
    const reader = lock.read();
    expect(await isPending(Promise.race([writer.catch(() => {}), reader]))).toBe(true);
    abort.abort('dropped');
    await expect(writer).rejects.toBe('dropped');
    held.push(await soon(reader));
    expect([lock.readers, lock.waiting]).toEqual([3, 0]);
  });

  test('locked in the order of the calls', async () => {
    const lock = new RwLock({ fair });
    const order: number[] = [];
    const write = async (i: number) => {
      const guard = await lock.write();
      order.push(i);
      guard.unlock();
    };
    const writes = [write(1), write(2), write(3)];
    await soon(Promise.all(writes.reverse()));
    const reader = await soon(lock.read());
    expect(order).toEqual([1, 2, 3]);
    reader.unlock();
  });

  test('four threads add to one number under the lock, and nothing is lost', async () => {
    const lock = new RwLock({ fair });
    const words = new SharedArrayBuffer(4);
    const steps = [2, 3, 5, 7];
    const puppets = await Puppet.startMany(steps.length, { lock }, words);
    const work = puppets.map((puppet, i) =>
      puppet.run(async ({ lock, words }, step) => {
        for (let i = 0; i < 1000; i++) {
          const guard = await lock.write();
          words[0] = (words[0] as number) + step;
          guard.unlock();
        }
      }, steps[i] as number),
    );
    await within('the work', Promise.all(work), lock);
    const reader = await soon(lock.read());
    expect(new Int32Array(words)[0]).toBe(17_000);
    reader.unlock();
    for (const puppet of puppets) await puppet.terminate();
  });

  test('tryWrite and tryRead, and what was written is read', () => {
    const lock = new RwLock({ fair });
    let value = 15;
    {
      using _first = lock.tryRead();
      expect([lock.tryWrite(), value]).toEqual([undefined, 15]);
      using second = lock.tryRead();
      expect(second?.locked).toBe(true);
    }
    {
      using writer = lock.tryWrite();
      expect(writer?.locked).toBe(true);
      value = 1515;
      expect([lock.tryRead(), lock.tryWrite()]).toEqual([undefined, undefined]);
    }
    using reader = lock.tryRead();
    expect([reader?.locked, value]).toEqual([true, 1515]);
  });

  test('who is to read goes on when the writer downgrades', async () => {
    const lock = new RwLock({ fair });
    const writer = await soon(lock.write());
    const waiting = lock.read();
    expect(await isPending(waiting)).toBe(true);
    const guards = [writer.downgrade(), await soon(waiting)];
    expect([lock.readers, lock.writing]).toEqual([2, false]);
    for (const guard of guards) guard.unlock();
    expect(() => writer.downgrade()).toThrow(expect.objectContaining({ code: 'ERR_NOT_LOCKED' }));
    expect(lock.tryWrite()?.locked).toBe(true);
  });
});
