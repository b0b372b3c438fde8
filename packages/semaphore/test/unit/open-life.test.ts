import { Condition, Event, inspect, Mutex, Semaphore, Signal } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { coded, invalidHandle } from '../support/errors.js';
import { Puppet } from '../support/puppet.js';

const closed = expect.objectContaining({ name: 'ClosedError' });
const isOpen = (name: string) => inspect().some((each) => each.name === name);

test('what was let go of takes nothing more, and gives back what it has', async () => {
  const semaphore = Semaphore.open('held', 2);
  const permit = semaphore.acquireSync();
  semaphore[Symbol.dispose]();
  expect(semaphore.closed).toBe(true);
  expect(() => semaphore.tryAcquire()).toThrow(closed);
  expect(() => semaphore.acquireSync()).toThrow(closed);
  await expect(semaphore.acquire()).rejects.toThrow(closed);
  // It is held, so it is there.
  const other = Semaphore.open('held', 2);
  expect(other.available).toBe(1);
  permit.release();
  expect(other.available).toBe(2);
  other[Symbol.dispose]();
  expect(isOpen('held')).toBe(false);
});

test('the release of the last permit lets go of an object that was disposed of', () => {
  const mutex = Mutex.open('until unlocked');
  const guard = mutex.lockSync();
  mutex[Symbol.dispose]();
  expect(isOpen('until unlocked')).toBe(true);
  guard.unlock();
  guard.unlock();
  expect(isOpen('until unlocked')).toBe(false);
});

test('a wait of an object that was let go of goes on', async () => {
  const holder = Mutex.open('waited for');
  const guard = holder.lockSync();
  const waiter = Mutex.open('waited for');
  const waits = waiter.lock();
  waiter[Symbol.dispose]();
  guard.unlock();
  const handed = await within('the lock', waits);
  expect(holder.locked).toBe(true);
  handed.unlock();
  expect(holder.locked).toBe(false);
  const signal = Signal.open('awaited');
  const post = signal.wait();
  const other = Signal.open('awaited');
  signal[Symbol.dispose]();
  other.post();
  await within('the post', post);
  other[Symbol.dispose]();
  holder[Symbol.dispose]();
});

test('close() ends it for all, and who opens it meanwhile finds it closed', async () => {
  const [one, two] = [Event.open('closes'), Event.open('closes')];
  const waits = two.wait();
  one.close();
  await expect(waits).rejects.toThrow(closed);
  expect(Event.open('closes').closed).toBe(true);
});

test('a condition keeps its mutex, and lets go of it', () => {
  const condition = Condition.open('condition', Mutex.open('its mutex'));
  const same = Condition.open('condition');
  expect(same.mutex.name).toBe('its mutex');
  const guard = same.mutex.lockSync();
  expect(condition.mutex.locked).toBe(true);
  expect(() => condition.waitSync(guard, { timeout: 1 })).toThrow(coded('ERR_TIMEOUT'));
  guard.unlock();
  for (const { mutex } of [condition, same]) mutex[Symbol.dispose]();
  expect(isOpen('its mutex')).toBe(true);
  for (const each of [condition, same]) each[Symbol.dispose]();
  expect([isOpen('condition'), isOpen('its mutex')]).toEqual([false, false]);
});

test('a posted object is the same object there, also when the poster lets go', async () => {
  const mutex = Mutex.open('posted');
  const guard = mutex.lockSync();
  const puppet = await Puppet.start({ mutex });
  expect(await puppet.run(({ mutex }) => [mutex.name, mutex.locked])).toEqual(['posted', true]);
  guard.unlock();
  await puppet.run(({ mutex, kept }) => void kept.set('guard', mutex.lockSync()));
  expect(mutex.tryLock()).toBeUndefined();
  const { handle } = mutex;
  mutex[Symbol.dispose]();
  expect(isOpen('posted')).toBe(true);
  await puppet.run(({ kept }) => kept.get('guard').unlock());
  await puppet.terminate();
  expect(isOpen('posted')).toBe(false);
  expect(() => Mutex.from(handle)).toThrow(invalidHandle);
  expect(() => Mutex.from(handle)).toThrow('nobody has open any more');
});

test('a handle of a named object of another process is refused', () => {
  const { handle } = Mutex.open('foreign');
  const foreign = { ...handle, memory: `${handle.memory}1` };
  expect(() => Mutex.from(foreign)).toThrow(invalidHandle);
  expect(() => Mutex.from(foreign)).toThrow('another process');
  for (const damaged of [{ cell: 7 }, { cell: 2 ** 31 }, { generation: 9999 }]) {
    expect(() => Mutex.from({ ...handle, ...damaged })).toThrow(invalidHandle);
  }
  expect(() => Semaphore.from({ ...handle, kind: 'Semaphore' })).toThrow(invalidHandle);
});

test('threads that block each other by name are told of the deadlock, with the names', async () => {
  const [first, second] = [Mutex.open('first'), Mutex.open('second')];
  const guard = first.lockSync();
  const puppet = await Puppet.start({ second });
  await puppet.run(({ second, kept }) => void kept.set('guard', second.lockSync()));
  const caught = puppet.run(({ kit }) => {
    try {
      kit.Mutex.open('first').lockSync().unlock();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'locked';
  });
  await until('the other thread to block', () => first.waiting === 1);
  let told: unknown;
  try {
    second.lockSync();
  } catch (error) {
    told = error;
  }
  expect(told).toMatchObject({ code: 'ERR_DEADLOCK' });
  expect((told as { cycle: { mutex: string }[] }).cycle.map(({ mutex }) => mutex).sort()).toEqual([
    'Mutex "first"',
    'Mutex "second"',
  ]);
  guard.unlock();
  expect(await caught).toBe('locked');
  await puppet.terminate();
});

test('the next owner of a mutex is told that the last one died, also when nobody had it open in between', async () => {
  const puppet = await Puppet.start({});
  await puppet.run(({ kit, kept }) => void kept.set('guard', kit.Mutex.open('orphan').lockSync()));
  await puppet.terminate();
  const guard = Mutex.open('orphan').lockSync();
  expect(guard.abandoned).toBe(true);
  guard.unlock();
  expect(Mutex.open('orphan').lockSync().abandoned).toBe(false);
});
