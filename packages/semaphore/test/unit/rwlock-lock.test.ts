import { Mutex, ReadGuard, RwLock, WriteGuard } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';

const closed = expect.objectContaining({ name: 'ClosedError', code: 'ERR_RWLOCK_CLOSED' });
const wrongType = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });
const invalidHandle = expect.objectContaining({ name: 'InvalidHandleError', code: 'ERR_INVALID_HANDLE' });

function stateOf(lock: RwLock) {
  return { readers: lock.readers, writing: lock.writing, waiting: lock.waiting };
}
const free = { readers: 0, writing: false, waiting: 0 };

describe('RwLock, in one thread', () => {
  test('many read at once, in each of the three ways, and nobody writes meanwhile', async () => {
    const lock = new RwLock();
    const guards = [lock.tryRead() as ReadGuard, lock.readSync(), await lock.read()];
    for (const guard of guards) expect([guard instanceof ReadGuard, guard.locked]).toEqual([true, true]);
    expect(stateOf(lock)).toEqual({ readers: 3, writing: false, waiting: 0 });
    expect(lock.tryWrite()).toBeUndefined();
    expect(() => lock.writeSync({ timeout: 1 })).toThrow(timedOut);
    await expect(lock.write({ timeout: 1 })).rejects.toThrow(timedOut);
    for (const [i, guard] of guards.entries()) {
      guard.unlock();
      guard.unlock();
      expect([guard.locked, lock.readers]).toEqual([false, 2 - i]);
    }
    expect(stateOf(lock)).toEqual(free);
  });

  test('one writes, in each of the three ways, and nobody else does anything meanwhile', async () => {
    const lock = new RwLock();
    for (const write of [() => lock.tryWrite(), () => lock.writeSync(), () => lock.write()]) {
      const guard = (await write()) as WriteGuard;
      expect([guard instanceof WriteGuard, guard.locked, guard.abandoned]).toEqual([true, true, false]);
      expect(stateOf(lock)).toEqual({ readers: 0, writing: true, waiting: 0 });
      expect([lock.tryRead(), lock.tryWrite()]).toEqual([undefined, undefined]);
      expect(() => lock.readSync({ timeout: 1 })).toThrow(timedOut);
      await expect(lock.read({ timeout: 1 })).rejects.toThrow(timedOut);
      guard.unlock();
      guard.unlock();
      expect([guard.locked, stateOf(lock)]).toEqual([false, free]);
    }
  });

  test('the end of a `using` block unlocks', () => {
    const lock = new RwLock();
    {
      using _one = lock.readSync();
      using _other = lock.readSync();
      expect(lock.readers).toBe(2);
    }
    {
      using _guard = lock.writeSync();
      expect(lock.writing).toBe(true);
    }
    expect(stateOf(lock)).toEqual(free);
  });

  test('nobody reads any more once a writer waits; when that gives up, they do again', async () => {
    const lock = new RwLock();
    const reader = lock.readSync();
    const abort = new AbortController();
    const writer = lock.write({ signal: abort.signal });
    expect(lock.tryRead()).toBeUndefined();
    lock.readSync({ timeout: 1 }).unlock(); // the writer is a promise of this thread, and cannot run while that blocks
    const behind = lock.read();
    expect(stateOf(lock)).toEqual({ readers: 1, writing: false, waiting: 2 });
    abort.abort();
    await expect(writer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    (await within('the reader behind it', behind, lock)).unlock();
    lock.tryRead()?.unlock();
    reader.unlock();
    expect(stateOf(lock)).toEqual(free);
  });

  test.each([false, true])('the queue is served in order: readers together, writers alone (fair: %s)', async (fair) => {
    const lock = new RwLock({ fair });
    const served: string[] = [];
    const enter = (name: string, wait: Promise<ReadGuard | WriteGuard>) =>
      wait.then((guard) => {
        served.push(name);
        return guard;
      });
    const first = lock.writeSync();
    const [r1, r2] = [enter('r1', lock.read()), enter('r2', lock.read())];
    const w1 = enter('w1', lock.write());
    const r3 = enter('r3', lock.read());
    const w2 = enter('w2', lock.write());
    first.unlock();
    const readers = await within('the readers', Promise.all([r1, r2]), lock);
    await turns(2);
    expect(served).toEqual(['r1', 'r2']);
    for (const guard of readers) guard.unlock();
    const writer = await within('the writer', w1, lock);
    await turns(2);
    expect(served).toEqual(['r1', 'r2', 'w1']);
    writer.unlock();
    (await within('the third reader', r3, lock)).unlock();
    (await within('the second writer', w2, lock)).unlock();
    expect(served).toEqual(['r1', 'r2', 'w1', 'r3', 'w2']);
    expect(stateOf(lock)).toEqual(free);
  });

  test('options of a wrong type are refused', async () => {
    for (const options of [null, 'fair', { fair: 'yes' }, { trackLeaks: 1 }, { name: 1 }]) {
      expect(() => new RwLock(options as never)).toThrow(wrongType);
    }
    const lock = new RwLock();
    for (const options of [1, { timeout: '1' }]) {
      expect(() => lock.readSync(options as never)).toThrow(wrongType);
      expect(() => lock.writeSync(options as never)).toThrow(wrongType);
      await expect(lock.read(options as never)).rejects.toThrow(wrongType);
      await expect(lock.write(options as never)).rejects.toThrow(wrongType);
    }
    expect(stateOf(lock)).toEqual(free);
  });
});

describe('WriteGuard.downgrade', () => {
  test('lets waiting readers in, up to the next writer, and holds a read lock', async () => {
    const lock = new RwLock();
    const writer = lock.writeSync();
    const [r1, r2] = [lock.read(), lock.read()];
    const w = lock.write();
    const r3 = lock.read();
    const reader = writer.downgrade();
    expect([writer.locked, reader instanceof ReadGuard, reader.locked]).toEqual([false, true, true]);
    const readers = await within('the readers', Promise.all([r1, r2]), lock);
    expect(stateOf(lock)).toEqual({ readers: 3, writing: false, waiting: 2 });
    // What it was downgraded from unlocks nothing any more.
    writer.unlock();
    expect(lock.readers).toBe(3);
    for (const guard of [...readers, reader]) guard.unlock();
    (await within('the writer', w, lock)).unlock();
    (await within('the last reader', r3, lock)).unlock();
    expect(stateOf(lock)).toEqual(free);
  });

  test('throws when it is unlocked or downgraded already, and changes nothing', () => {
    const lock = new RwLock({ name: 'l' });
    const notLocked = expect.objectContaining({ code: 'ERR_NOT_LOCKED' });
    const unlocked = lock.writeSync();
    unlocked.unlock();
    expect(() => unlocked.downgrade()).toThrow(notLocked);
    const writer = lock.writeSync();
    const reader = writer.downgrade();
    expect(() => writer.downgrade()).toThrow('This guard of RwLock "l" is unlocked');
    expect(stateOf(lock)).toEqual({ readers: 1, writing: false, waiting: 0 });
    reader.unlock();
    expect(stateOf(lock)).toEqual(free);
  });

  test('works on a closed lock, which lets nobody in', async () => {
    const lock = new RwLock();
    const writer = lock.writeSync();
    const waiter = lock.read();
    lock.close();
    await expect(waiter).rejects.toThrow(closed);
    writer.downgrade().unlock();
    expect(stateOf(lock)).toEqual(free);
  });
});

describe('RwLock, closed, disposed and attached', () => {
  test('closed: who waits or comes later is told; guards can be unlocked', async () => {
    const lock = new RwLock();
    const guard = lock.readSync();
    const waits = [lock.write(), lock.read()];
    lock.close();
    for (const wait of waits) await expect(wait).rejects.toThrow(closed);
    for (const call of [() => lock.tryRead(), () => lock.tryWrite(), () => lock.readSync(), () => lock.writeSync()]) {
      expect(call).toThrow(closed);
    }
    await expect(lock.read()).rejects.toThrow(closed);
    await expect(lock.write()).rejects.toThrow(closed);
    guard.unlock();
    expect([stateOf(lock), lock.closed]).toEqual([free, true]);
  });

  test('disposed: its handle attaches no more', () => {
    const lock = new RwLock();
    const { handle } = lock;
    const guard = lock.writeSync();
    lock[Symbol.dispose]();
    expect(() => RwLock.from(handle)).toThrow(invalidHandle);
    guard.unlock();
    expect(() => lock.tryRead()).toThrow(closed);
  });

  test('from() attaches what was posted, and refuses other kinds', () => {
    const lock = new RwLock({ name: 'l', fair: true });
    const guard = lock.readSync();
    const same = RwLock.from(structuredClone(lock));
    expect([same.name, same.fair, same.readers]).toEqual(['l', true, 1]);
    expect(same.tryWrite()).toBeUndefined();
    guard.unlock();
    expect(() => RwLock.from(new Mutex() as never)).toThrow('Expected a handle of a RwLock');
    expect(() => Mutex.from(lock as never)).toThrow(invalidHandle);
  });
});
