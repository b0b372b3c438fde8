import { Condition, Event, Latch, Mutex, Signal } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { output } from '../support/child.js';
import { within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const waitsOf = (object: { wait(): Promise<unknown> }, count: number) =>
  Array.from({ length: count }, () => object.wait());

test('post says how many waits it woke', async () => {
  using signal = new Signal();
  expect([signal.post(), signal.post(3), signal.takeAll()]).toEqual([0, 0, 4]);
  const waits = waitsOf(signal, 4);
  expect([signal.post(2), signal.post(), signal.post(9)]).toEqual([2, 1, 1]);
  await within('the waits', Promise.all(waits), signal);
  expect([signal.count, signal.post()]).toEqual([8, 0]);
});

test('one that was woken, and has not looked yet, is not counted twice', async () => {
  using signal = new Signal();
  const wait = signal.wait();
  expect([signal.post(), signal.post(), signal.post()]).toEqual([1, 0, 0]);
  await within('the wait', wait, signal);
  expect(signal.count).toBe(2);
});

test('one that was overtaken after it was woken is woken again', async () => {
  using signal = new Signal();
  const wait = signal.wait();
  expect([signal.post(), signal.tryWait()]).toEqual([1, true]);
  // A turn of the loop, in which it looks in vain.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect([signal.waiting, signal.post()]).toEqual([1, 1]);
  await within('the wait', wait, signal);
});

test('a thread that is blocked counts like a promise', async () => {
  using signal = new Signal();
  const peer = await Peer.start(signal);
  const waits = [peer.call('waitSync'), signal.wait()];
  await queued(signal, 2);
  expect(signal.post(2)).toBe(2);
  await within('the waits', Promise.all(waits), signal);
  const wait = peer.call('wait');
  await queued(signal, 1);
  expect(signal.post(2)).toBe(1);
  await within('the wait', wait, signal);
  await peer.terminate();
});

test('set says how many waits it let through: all, or with autoReset one', async () => {
  using event = new Event();
  const waits = waitsOf(event, 3);
  expect([event.set(), event.set()]).toEqual([3, 0]);
  await within('the waits', Promise.all(waits), event);

  using auto = new Event({ autoReset: true });
  expect(auto.set()).toBe(0);
  auto.reset();
  const two = waitsOf(auto, 2);
  expect([auto.set(), auto.set(), auto.set(), auto.isSet]).toEqual([1, 1, 0, true]);
  await within('the waits', Promise.all(two), auto);
});

test('countDown says how many waits the last of it let through', async () => {
  using latch = new Latch(3);
  const waits = waitsOf(latch, 2);
  expect([latch.countDown(), latch.countDown(2), latch.countDown()]).toEqual([0, 2, 0]);
  await within('the waits', Promise.all(waits), latch);
});

test('notify says so, too', async () => {
  const condition = new Condition(new Mutex());
  const wait = (await condition.mutex.lock().then((guard) => [condition.wait(guard)]))[0];
  expect([condition.notify(2), condition.notify()]).toEqual([1, 0]);
  await wait;
});

test.each([[[]], [['--jitless']]])('with %o the same', async (flags) => {
  expect(await output('woken.mjs', [], flags)).toBe('[0,2,1,0,1,3,0,1,2]\n');
});
