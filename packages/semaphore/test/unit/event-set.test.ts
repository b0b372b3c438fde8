import { Event } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { Peer } from '../support/peer.js';
import { isPending } from '../support/pending.js';

test('it can be made set', async () => {
  using event = new Event({ set: true, name: 'ready' });
  expect([event.isSet, event.autoReset, `${event}`]).toEqual([true, false, 'Event "ready"']);
  event.waitSync({ timeout: 0 });
  await event.wait({ timeout: 0 });
  event.reset();
  expect([event.isSet, await isPending(event.wait({ ref: false }))]).toEqual([false, true]);
});

test('with autoReset, for the first that comes, on any thread', async () => {
  using event = new Event({ set: true, autoReset: true });
  const peer = await Peer.start(event);
  await peer.call('wait');
  expect([event.isSet, await isPending(event.wait({ ref: false }))]).toEqual([false, true]);
  await peer.terminate();
});

test.each([undefined, false])('set: %o makes it unset', (set) => {
  expect(new Event({ set }).isSet).toBe(false);
});

test('tryWait passes if it is set, and takes what a wait would', () => {
  using event = new Event({ set: true });
  expect([event.tryWait(), event.tryWait(), event.isSet]).toEqual([true, true, true]);
  event.reset();
  expect(event.tryWait()).toBe(false);
  using auto = new Event({ set: true, autoReset: true });
  expect([auto.tryWait(), auto.tryWait(), auto.isSet]).toEqual([true, false, false]);
});

test('closed, tryWait throws', () => {
  const event = new Event({ set: true });
  event.close();
  expect(() => event.tryWait()).toThrow(expect.objectContaining({ code: 'ERR_EVENT_CLOSED' }));
  event[Symbol.dispose]();
  expect(() => event.tryWait()).toThrow(expect.objectContaining({ code: 'ERR_EVENT_CLOSED' }));
});
