import { Barrier, Event, Latch, Mutex, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { invalidHandle } from '../support/errors.js';
import { Peer } from '../support/peer.js';
import { Puppet } from '../support/puppet.js';

interface Disposable {
  readonly waiting: number;
  readonly closed: boolean;
  readonly handle: { readonly cell: number };
  [Symbol.dispose](): void;
}

interface Case {
  readonly make: () => Disposable;
  /** The method that waits; with "Sync" behind it, it blocks. */
  readonly wait: string;
  /** What is done with what is held, after the disposal. */
  readonly giveBack?: () => void;
}

/** Each is such that all who come have to wait. */
const cases: Record<string, () => Case> = {
  Semaphore() {
    const semaphore = new Semaphore(1);
    const permit = semaphore.acquireSync();
    return { make: () => semaphore, wait: 'acquire', giveBack: () => permit.release() };
  },
  Mutex() {
    const mutex = new Mutex();
    const guard = mutex.lockSync();
    return { make: () => mutex, wait: 'lock', giveBack: () => guard.unlock() };
  },
  'RwLock, written': () => {
    const lock = new RwLock();
    const guard = lock.writeSync();
    return { make: () => lock, wait: 'read', giveBack: () => guard.unlock() };
  },
  'RwLock, read': () => {
    const lock = new RwLock();
    const guard = lock.readSync();
    return { make: () => lock, wait: 'write', giveBack: () => guard.unlock() };
  },
  Signal: () => ({ make: () => new Signal(), wait: 'wait' }),
  Event: () => ({ make: () => new Event(), wait: 'wait' }),
  Latch: () => ({ make: () => new Latch(1), wait: 'wait' }),
  Barrier: () => ({ make: () => new Barrier(5), wait: 'wait' }),
};

describe.each(Object.entries(cases))('%s: disposed of', (name, prepare) => {
  test('while a promise of another thread, a blocked thread and a promise of this one wait: all are told', async () => {
    const { make, wait, giveBack } = prepare();
    const object = make();
    const closed = expect.objectContaining({ code: `ERR_${name.split(',')[0]?.toUpperCase()}_CLOSED` });
    const [waiting, blocked] = (await Peer.startMany(2, object)) as [Peer, Peer];
    const own = (object as unknown as Record<string, () => Promise<unknown>>)[wait]?.call(object);
    const ends = [own, waiting.call(wait), blocked.call(`${wait}Sync`)].map((end) =>
      expect(end).rejects.toEqual(closed),
    );
    await until('all to wait', () => object.waiting === 3, object);

    object[Symbol.dispose]();

    await within('all to be told', Promise.all(ends), object);
    giveBack?.();
    expect([object.closed, await waiting.get('closed'), await blocked.get('closed')]).toEqual([true, true, true]);
    await expect(Peer.start(object)).rejects.toThrow(); // the handle attaches no more
    // Those threads still use the cell: it is not given to another before they have let go.
    const fresh = Array.from({ length: 20 }, () => new Semaphore(1));
    expect(fresh.map(({ handle }) => handle.cell)).not.toContain(object.handle.cell);
    for (const peer of [waiting, blocked]) await peer.terminate();
    expect(fresh.every(({ available, waiting }) => available === 1 && waiting === 0)).toBe(true);
  });
});

test('a worker disposes of what blocks the main thread', async () => {
  const lock = new Semaphore(0);
  const puppet = await Puppet.start({ lock });
  const disposed = puppet.run(({ lock }) => {
    while (lock.waiting === 0);
    lock[Symbol.dispose]();
  });
  expect(() => lock.acquireSync({ timeout: 30_000 })).toThrow(
    expect.objectContaining({ code: 'ERR_SEMAPHORE_CLOSED' }),
  );
  await disposed;
  expect(() => Semaphore.from(lock)).toThrow(invalidHandle);
  await puppet.terminate();
});
