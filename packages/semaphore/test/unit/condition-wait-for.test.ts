import { Condition, Mutex } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { Puppet } from '../support/puppet.js';

const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'ERR_TIMEOUT' });

function make() {
  const mutex = new Mutex();
  return { mutex, condition: new Condition(mutex) };
}

test('does not wait for what is so, and calls the predicate with the guard locked, as often as it was woken', async () => {
  const { mutex, condition } = make();
  const guard = mutex.lockSync();
  const locked: boolean[] = [];
  let left = 0;
  const predicate = () => {
    locked.push(guard.locked);
    return left-- <= 0;
  };
  await condition.waitFor(guard, predicate);
  condition.waitForSync(guard, predicate);
  expect(locked).toEqual([true, true]);
  left = 2;
  const wait = condition.waitFor(guard, predicate);
  for (let i = 0; i < 2; i++) {
    await until('it to wait again', () => condition.waiting === 1, condition);
    condition.notify();
  }
  await within('the wait', wait, mutex, condition);
  expect(locked).toEqual([true, true, true, true, true]);
  guard.unlock();
});

test('has one timeout for the whole, however often it is woken, and names that', async () => {
  const { mutex, condition } = make();
  const TIMEOUT = 150;
  const guard = mutex.lockSync();
  const waker = setInterval(() => condition.notify(), 10);
  const start = performance.now();
  const message = `waitFor() of Condition did not happen within ${TIMEOUT} ms`;
  await expect(condition.waitFor(guard, () => false, { timeout: TIMEOUT })).rejects.toThrow(message);
  expect(performance.now() - start).toBeGreaterThanOrEqual(TIMEOUT);
  clearInterval(waker);
  expect(guard.locked).toBe(true);

  // The same, blocking: another thread wakes it.
  const puppet = await Puppet.start({ condition });
  puppet.tell(({ condition }) => void setInterval(() => condition.notify(), 10));
  let calls = 0;
  const blocking = () => condition.waitForSync(guard, () => ++calls < 0, { timeout: TIMEOUT });
  expect(blocking).toThrow(`waitForSync() of Condition did not happen within ${TIMEOUT} ms`);
  expect(calls).toBeGreaterThan(2);
  expect(guard.locked).toBe(true);
  guard.unlock();
  await puppet.terminate();
});

test('looks once more when the time is over: what it waited for may be so though nobody notified it', async () => {
  const { mutex, condition } = make();
  const guard = mutex.lockSync();
  let ready = false;
  const wait = condition.waitFor(guard, () => ready, { timeout: 20 });
  ready = true;
  await within('the wait', wait, mutex);
  expect(guard.locked).toBe(true);
  let calls = 0;
  condition.waitForSync(guard, () => calls++ > 0, { timeout: 5 });
  expect([calls, guard.locked]).toEqual([2, true]);
  guard.unlock();
});

test('with a timeout of 0 it looks, and does not wait', async () => {
  const { mutex, condition } = make();
  const guard = mutex.lockSync();
  await expect(condition.waitFor(guard, () => false, { timeout: 0 })).rejects.toThrow(timedOut);
  expect(() => condition.waitForSync(guard, () => false, { timeout: 0 })).toThrow(timedOut);
  await condition.waitFor(guard, () => true, { timeout: 0 });
  condition.waitForSync(guard, () => true, { timeout: 0 });
  guard.unlock();
});

test('ends by an abort that falls between two waits', async () => {
  const { mutex, condition } = make();
  const guard = mutex.lockSync();
  const abort = new AbortController();
  const wait = condition.waitFor(guard, () => false, { signal: abort.signal });
  const lost = expect(wait).rejects.toThrow('while it relocked');
  const other = mutex.lockSync();
  condition.notify();
  await until('it to wait for the mutex', () => mutex.waiting === 1, mutex);
  abort.abort(new Error('while it relocked'));
  other.unlock();
  await within('the wait', lost, mutex, condition);
  expect([guard.locked, condition.waiting]).toEqual([true, 0]);
  guard.unlock();
});

test('refuses a predicate that does not say true or false: a promise would always be true', async () => {
  const { mutex, condition } = make();
  const guard = mutex.lockSync();
  const wrongResult = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_RETURN_VALUE' });
  for (const result of [Promise.resolve(false), undefined, 1, null]) {
    await expect(condition.waitFor(guard, (() => result) as never)).rejects.toThrow(wrongResult);
    expect(() => condition.waitForSync(guard, (() => result) as never)).toThrow(wrongResult);
  }
  expect(guard.locked).toBe(true);
  guard.unlock();
});
