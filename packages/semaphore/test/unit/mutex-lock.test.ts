import { Mutex, MutexGuard, Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { turns, until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

const closed = expect.objectContaining({ name: 'ClosedError', code: 'ERR_MUTEX_CLOSED' });
const wrongType = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
const invalidHandle = expect.objectContaining({ name: 'InvalidHandleError', code: 'ERR_INVALID_HANDLE' });

describe('Mutex, in one thread', () => {
  test('each of the three ways gives a guard that holds it until unlock()', async () => {
    const mutex = new Mutex();
    for (const lock of [() => mutex.tryLock(), () => mutex.lockSync(), () => mutex.lock()]) {
      expect(mutex.locked).toBe(false);
      const guard = (await lock()) as MutexGuard;
      expect(guard).toBeInstanceOf(MutexGuard);
      expect([mutex.locked, guard.locked, guard.abandoned]).toEqual([true, true, false]);
      expect(mutex.tryLock()).toBeUndefined();
      guard.unlock();
      expect([mutex.locked, guard.locked]).toEqual([false, false]);
    }
  });

  test('unlocking twice is harmless, also when somebody else has it by then', () => {
    const mutex = new Mutex();
    const first = mutex.lockSync();
    first.unlock();
    first.unlock();
    expect(mutex.locked).toBe(false);
    const second = mutex.lockSync();
    first.unlock();
    first[Symbol.dispose]();
    expect([mutex.locked, second.locked]).toEqual([true, true]);
    expect(mutex.tryLock()).toBeUndefined();
    second.unlock();
    expect(mutex.locked).toBe(false);
  });

  test('lock() twice does not fail: the second task waits for the first', async () => {
    const mutex = new Mutex();
    const order: string[] = [];
    const first = await mutex.lock();
    const second = mutex.lock().then((guard) => {
      order.push('second');
      return guard;
    });
    await turns(3);
    expect(mutex.waiting).toBe(1);
    order.push('first');
    first.unlock();
    (await within('the second task', second, mutex)).unlock();
    expect(order).toEqual(['first', 'second']);
  });

  test('the end of a `using` block unlocks, also when it is left by an error', () => {
    const mutex = new Mutex();
    const inside = () => {
      using guard = mutex.lockSync();
      expect(guard.locked).toBe(true);
      throw new Error('from the block');
    };
    expect(inside).toThrow('from the block');
    expect(mutex.locked).toBe(false);
  });

  test('run and runSync hand the guard to the callback; unlocking it there is harmless', async () => {
    const mutex = new Mutex();
    const early = (guard: MutexGuard) => {
      expect([guard.locked, mutex.locked]).toEqual([true, true]);
      guard.unlock();
      return mutex.locked;
    };
    expect(mutex.runSync(early)).toBe(false);
    expect(await mutex.run(early)).toBe(false);
    const stillHeld = await mutex.run(async (guard) => {
      await turns(2);
      return guard.locked;
    });
    expect([stillHeld, mutex.locked]).toEqual([true, false]);
  });

  test('a callback that unlocks and lets another in does not unlock that one at its end', async () => {
    const mutex = new Mutex();
    let other: MutexGuard | undefined;
    mutex.runSync((guard) => {
      guard.unlock();
      other = mutex.tryLock();
    });
    expect([other?.locked, mutex.locked]).toEqual([true, true]);
    other?.unlock();
  });

  test('options of a wrong type or range are refused, and nothing is locked', async () => {
    for (const options of [null, 1, 'fair', { fair: 1 }, { trackLeaks: 'yes' }, { name: 7 }]) {
      expect(() => new Mutex(options as never), JSON.stringify(options)).toThrow(wrongType);
    }
    const mutex = new Mutex();
    for (const options of [5, 'soon', { timeout: '5' }]) {
      expect(() => mutex.lockSync(options as never)).toThrow(wrongType);
      await expect(mutex.lock(options as never)).rejects.toThrow(wrongType);
    }
    for (const options of [{ signal: {} }, { ref: 1 }])
      await expect(mutex.lock(options as never)).rejects.toThrow(wrongType);
    const outOfRange = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
    for (const timeout of [-1, Number.NaN]) {
      expect(() => mutex.lockSync({ timeout })).toThrow(outOfRange);
      await expect(mutex.lock({ timeout })).rejects.toThrow(outOfRange);
    }
    expect([mutex.locked, mutex.waiting]).toEqual([false, 0]);
  });
});

describe('Mutex, closed and disposed', () => {
  test('closed: what is held can be unlocked, and nobody locks it again', async () => {
    const mutex = new Mutex({ name: 'm' });
    const guard = mutex.lockSync();
    mutex.close();
    mutex.close();
    expect([mutex.closed, mutex.locked]).toEqual([true, true]);
    // It is known to be closed before it is known to be held by this thread.
    expect(() => mutex.lockSync()).toThrow(closed);
    guard.unlock();
    expect(mutex.locked).toBe(false);
    expect(() => mutex.tryLock()).toThrow(closed);
    await expect(mutex.lock()).rejects.toThrow(closed);
    await expect(mutex.run(() => 1)).rejects.toThrow(closed);
    expect(() => mutex.runSync(() => 1)).toThrow('Mutex "m" is closed');
  });

  test('a thread that is blocked for it is told when another closes it', async () => {
    const mutex = new Mutex();
    const puppet = await Puppet.start({ mutex });
    const guard = mutex.lockSync();
    const blocked = puppet.run(({ mutex }) => mutex.lockSync().unlock());
    const lost = expect(blocked).rejects.toThrow(closed);
    await until('a blocked thread', () => mutex.waiting === 1, mutex);
    mutex.close();
    await lost;
    guard.unlock();
    await puppet.terminate();
  });

  test('disposed: unlocked, closed, its handle attaches no more; a guard can still unlock', async () => {
    const mutex = new Mutex();
    const { handle } = mutex;
    const guard = mutex.lockSync();
    const waiter = mutex.lock();
    mutex[Symbol.dispose]();
    await expect(waiter).rejects.toThrow(closed);
    expect(() => Mutex.from(handle)).toThrow(invalidHandle);
    guard.unlock();
    expect([guard.locked, mutex.closed]).toEqual([false, true]);
    expect(() => mutex.tryLock()).toThrow(closed);
  });

  test('the memory of a disposed one is not reused while another thread holds it', async () => {
    const mutex = new Mutex();
    const puppet = await Puppet.start({ mutex });
    await puppet.run(({ mutex, kept }) => void kept.set('guard', mutex.lockSync()));
    mutex[Symbol.dispose]();
    const others = Array.from({ length: 20 }, () => new Mutex());
    await puppet.run(({ kept }) => kept.get('guard').unlock());
    expect(others.map((each) => [each.locked, each.tryLock() !== undefined])).toEqual(others.map(() => [false, true]));
    await puppet.terminate();
  });
});

describe('Mutex.from', () => {
  test('takes the object, its handle, and what arrived when either was posted', () => {
    const mutex = new Mutex({ name: 'shared' });
    const guard = mutex.lockSync();
    for (const it of [mutex, mutex.handle, structuredClone(mutex), structuredClone(mutex.handle)]) {
      const attached = Mutex.from(it);
      expect([attached.locked, attached.name, attached.fair]).toEqual([true, 'shared', false]);
      expect(attached.tryLock()).toBeUndefined();
    }
    guard.unlock();
    expect(Mutex.from(new Mutex({ fair: true })).fair).toBe(true);
  });

  test('refuses every other kind, and says what it found', () => {
    expect(() => Mutex.from(new Semaphore(1) as never)).toThrow(
      'Expected a handle of a Mutex, found a handle of kind "Semaphore"',
    );
    expect(() => Semaphore.from(new Mutex() as never)).toThrow(invalidHandle);
    const lying = { ...new Semaphore(1).handle, kind: 'Mutex' };
    expect(() => Mutex.from(lying)).toThrow(/says Mutex, but at cell \d+ there is an object of another kind/);
    expect(() => Mutex.from({} as never)).toThrow(invalidHandle);
    for (const it of [undefined, null, 1, 'Mutex']) expect(() => Mutex.from(it as never)).toThrow(wrongType);
  });
});
