import { Condition, Mutex, type MutexGuard, Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { turns, until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });
const closed = expect.objectContaining({ name: 'ClosedError', code: 'ERR_CONDITION_CLOSED' });
const mutexClosed = expect.objectContaining({ name: 'ClosedError', code: 'ERR_MUTEX_CLOSED' });
const wrongType = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
const wrongGuard = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
const outOfRange = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });

function make() {
  const mutex = new Mutex();
  return { mutex, condition: new Condition(mutex) };
}

/** Begins `count` waits, one after the other; `woken` tells in which order they end. */
async function startWaits(mutex: Mutex, condition: Condition, count: number) {
  const woken: number[] = [];
  const waits: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    const guard = await mutex.lock();
    const wait = condition.wait(guard).then(() => {
      woken.push(i);
      guard.unlock();
    });
    waits.push(wait);
  }
  expect([condition.waiting, mutex.locked]).toEqual([count, false]);
  return { woken, all: Promise.all(waits) };
}

describe('Condition.notify', () => {
  test('wakes that many, in the order they came, and says how many it woke', async () => {
    const { mutex, condition } = make();
    const { woken, all } = await startWaits(mutex, condition, 6);
    expect([condition.notify(), condition.waiting]).toEqual([1, 5]);
    await turns(3);
    expect(woken).toEqual([0]);
    expect([condition.notify(2), condition.waiting]).toEqual([2, 3]);
    await turns(3);
    expect(woken).toEqual([0, 1, 2]);
    expect([condition.notifyAll(), condition.waiting]).toEqual([3, 0]);
    await within('all', all, mutex, condition);
    expect(woken).toEqual([0, 1, 2, 3, 4, 5]);
    expect(mutex.locked).toBe(false);
  });

  test('is not remembered when nobody waits', () => {
    const { mutex, condition } = make();
    expect([condition.notify(), condition.notify(5), condition.notifyAll()]).toEqual([0, 0, 0]);
    const guard = mutex.lockSync();
    expect(() => condition.waitSync(guard, { timeout: 5 })).toThrow(timedOut);
    guard.unlock();
  });

  test('wakes no more than there are, and needs no lock', async () => {
    const { mutex, condition } = make();
    const { all } = await startWaits(mutex, condition, 2);
    expect(condition.notify(100)).toBe(2);
    await within('both', all, mutex, condition);
  });

  test('refuses a count that is none', () => {
    const { condition } = make();
    for (const count of [0, -1, 1.5, Number.NaN, 2 ** 29]) expect(() => condition.notify(count)).toThrow(outOfRange);
    for (const count of ['1', null, 1n]) expect(() => condition.notify(count as never)).toThrow(wrongType);
  });

  test('of a closed condition wakes nobody', () => {
    const { condition } = make();
    condition.close();
    expect(condition.notifyAll()).toBe(0);
  });
});

describe('Condition.wait', () => {
  test('unlocks while it waits, and has the guard locked again at its end', async () => {
    const { mutex, condition } = make();
    const guard = mutex.lockSync();
    const wait = condition.wait(guard);
    expect([guard.locked, mutex.locked, condition.waiting]).toEqual([false, false, 1]);
    // Notified while another holds the mutex, it waits for that.
    const other = mutex.lockSync();
    condition.notify();
    await turns(3);
    expect([guard.locked, mutex.waiting]).toEqual([false, 1]);
    other.unlock();
    await within('the wait', wait, mutex);
    expect([guard.locked, mutex.locked]).toEqual([true, true]);
    guard.unlock();
  });

  const waysOut: Record<string, (condition: Condition, guard: MutexGuard) => Promise<unknown>> = {
    'a timeout': (condition, guard) => expect(condition.wait(guard, { timeout: 5 })).rejects.toThrow(timedOut),
    'a timeout of 0': (condition, guard) => expect(condition.wait(guard, { timeout: 0 })).rejects.toThrow(timedOut),
    'a blocking timeout': async (condition, guard) =>
      expect(() => condition.waitSync(guard, { timeout: 5 })).toThrow(timedOut),
    'a blocking timeout of 0': async (condition, guard) =>
      expect(() => condition.waitSync(guard, { timeout: 0 })).toThrow(timedOut),
    'an abort': async (condition, guard) => {
      const abort = new AbortController();
      const wait = condition.wait(guard, { signal: abort.signal });
      abort.abort(new Error('enough'));
      expect(condition.waiting).toBe(0);
      await expect(wait).rejects.toThrow('enough');
    },
    'a signal that was aborted before': (condition, guard) =>
      expect(condition.wait(guard, { signal: AbortSignal.abort(new Error('long ago')) })).rejects.toThrow('long ago'),
    'a close meanwhile': async (condition, guard) => {
      const wait = condition.wait(guard);
      condition.close();
      await expect(wait).rejects.toThrow(closed);
    },
    'a close before': async (condition, guard) => {
      condition.close();
      await expect(condition.wait(guard)).rejects.toThrow(closed);
      expect(() => condition.waitSync(guard)).toThrow(closed);
    },
    'a dispose meanwhile': async (condition, guard) => {
      const wait = condition.wait(guard);
      condition[Symbol.dispose]();
      await expect(wait).rejects.toThrow(closed);
    },
    'a dispose before': async (condition, guard) => {
      condition[Symbol.dispose]();
      await expect(condition.wait(guard)).rejects.toThrow(closed);
      expect(() => condition.waitSync(guard)).toThrow(closed);
      expect(() => condition.notify()).toThrow(closed);
    },
    'a predicate that throws': async (condition, guard) => {
      const failing = () => {
        throw new Error('from the predicate');
      };
      await expect(condition.waitFor(guard, failing)).rejects.toThrow('from the predicate');
      expect(() => condition.waitForSync(guard, failing)).toThrow('from the predicate');
    },
    'a predicate that throws later': async (condition, guard) => {
      let calls = 0;
      const wait = condition.waitFor(guard, () => {
        if (++calls > 1) throw new Error('from the predicate');
        return false;
      });
      condition.notify();
      await expect(wait).rejects.toThrow('from the predicate');
    },
    'a predicate that never holds, and a timeout': async (condition, guard) => {
      await expect(condition.waitFor(guard, () => false, { timeout: 5 })).rejects.toThrow(timedOut);
      expect(() => condition.waitForSync(guard, () => false, { timeout: 5 })).toThrow(timedOut);
    },
    'options that are none': async (condition, guard) => {
      await expect(condition.wait(guard, { timeout: '1' } as never)).rejects.toThrow(wrongType);
      await expect(condition.waitFor(guard, true as never)).rejects.toThrow(wrongType);
      await expect(condition.waitFor(guard, () => true, 7 as never)).rejects.toThrow(wrongType);
      expect(() => condition.waitSync(guard, { timeout: '1' } as never)).toThrow(wrongType);
      expect(() => condition.waitForSync(guard, undefined as never)).toThrow(wrongType);
      expect(() => condition.waitForSync(guard, () => true, 7 as never)).toThrow(wrongType);
    },
  };

  test.each(Object.entries(waysOut))('holds the guard again after %s', async (_, wayOut) => {
    const { mutex, condition } = make();
    const guard = mutex.lockSync();
    await within('the way out', wayOut(condition, guard), mutex, condition);
    expect([guard.locked, mutex.locked, mutex.waiting, condition.waiting]).toEqual([true, true, 0, 0]);
    expect(mutex.tryLock()).toBeUndefined();
    guard.unlock();
    expect(mutex.locked).toBe(false);
  });

  test('waits for the mutex on its way out, after a timeout or an abort, however long that takes', async () => {
    for (const how of ['timeout', 'abort']) {
      const { mutex, condition } = make();
      const guard = mutex.lockSync();
      const abort = new AbortController();
      const wait = condition.wait(guard, how === 'timeout' ? { timeout: 1 } : { signal: abort.signal });
      const other = mutex.lockSync();
      if (how === 'abort') abort.abort();
      const lost = expect(wait).rejects.toThrow();
      await until('it to wait for the mutex', () => mutex.waiting === 1, mutex);
      expect(guard.locked).toBe(false);
      other.unlock();
      await within('the wait', lost, mutex);
      expect(guard.locked).toBe(true);
      guard.unlock();
    }
  });

  test('says so when the mutex was closed meanwhile: the guard is not held then', async () => {
    const { mutex, condition } = make();
    const guard = mutex.lockSync();
    const wait = condition.wait(guard);
    mutex.close();
    condition.notify();
    await expect(wait).rejects.toThrow(mutexClosed);
    expect([guard.locked, mutex.locked]).toEqual([false, false]);
  });

  test('keeps what it was told of an abandoned mutex', async () => {
    const { mutex, condition } = make();
    const puppet = await Puppet.start({ mutex });
    await puppet.run(({ mutex }) => void mutex.lockSync());
    await puppet.terminate();
    const guard = mutex.lockSync();
    const wait = condition.wait(guard);
    condition.notify();
    await wait;
    expect(guard.abandoned).toBe(true);
    guard.unlock();
  });
});

describe('the guard of a wait', () => {
  test('must be one, of the mutex, and locked', async () => {
    const { mutex, condition } = make();
    const other = new Mutex({ name: 'other' });
    const unlocked = mutex.lockSync();
    unlocked.unlock();
    const foreign = other.lockSync();
    for (const [guard, error] of [
      [unlocked, wrongGuard],
      [foreign, wrongGuard],
      [{}, wrongType],
      [undefined, wrongType],
      [mutex, wrongType],
    ] as const) {
      await expect(condition.wait(guard as never)).rejects.toThrow(error);
      await expect(condition.waitFor(guard as never, () => true)).rejects.toThrow(error);
      expect(() => condition.waitSync(guard as never)).toThrow(error);
      expect(() => condition.waitForSync(guard as never, () => true)).toThrow(error);
    }
    expect(() => condition.waitSync(foreign)).toThrow('It is of Mutex "other"');
    expect([foreign.locked, other.locked, condition.waiting]).toEqual([true, true, 0]);
    foreign.unlock();
  });

  test('that already waits is refused: it is unlocked', async () => {
    const { mutex, condition } = make();
    const guard = mutex.lockSync();
    const wait = condition.wait(guard);
    await expect(condition.wait(guard)).rejects.toThrow(wrongGuard);
    expect(condition.notifyAll()).toBe(1);
    await within('the wait', wait, mutex);
    guard.unlock();
  });

  test('may be of another object of the same mutex', async () => {
    const { mutex, condition } = make();
    const guard = Mutex.from(mutex).lockSync();
    const wait = Condition.from(condition).wait(guard);
    expect([mutex.locked, condition.notify()]).toEqual([false, 1]);
    await within('the wait', wait, mutex);
    expect([guard.locked, mutex.locked]).toEqual([true, true]);
    guard.unlock();
  });
});

describe('Condition.from', () => {
  test('what was posted carries the mutex along', async () => {
    const mutex = new Mutex({ name: 'm' });
    const condition = new Condition(mutex, { name: 'c' });
    const attached = Condition.from(structuredClone(condition));
    expect([attached.name, attached.mutex.name]).toEqual(['c', 'm']);
    const guard = attached.mutex.lockSync();
    expect(mutex.locked).toBe(true);
    const wait = attached.wait(guard);
    expect([mutex.locked, condition.waiting, condition.notify()]).toEqual([false, 1, 1]);
    await within('the wait', wait, mutex);
    guard.unlock();
  });

  test('refuses what is none, and a constructor wants a Mutex', () => {
    const { mutex } = make();
    const invalidHandle = expect.objectContaining({ code: 'ERR_INVALID_HANDLE' });
    expect(() => Condition.from(mutex as never)).toThrow(invalidHandle);
    expect(() => Condition.from({ handle: new Condition(mutex).handle } as never)).toThrow(wrongType);
    const lying = { handle: new Condition(mutex).handle, mutex: new Semaphore(1) };
    expect(() => Condition.from(lying as never)).toThrow(invalidHandle);
    for (const it of [undefined, null, {}, mutex.handle, new Semaphore(1)]) {
      expect(() => new Condition(it as never)).toThrow(wrongType);
    }
    for (const options of [null, { name: 1 }]) expect(() => new Condition(mutex, options as never)).toThrow(wrongType);
  });
});
