import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { threadId } from 'node:worker_threads';
import {
  Barrier,
  Condition,
  Event,
  Latch,
  Mutex,
  RwLock,
  Semaphore,
  Signal,
  type WaitMessage,
} from '@eventfd/semaphore';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { output } from '../support/child.js';
import { within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const CHANNELS = ['wait:start', 'wait:granted', 'wait:timeout', 'wait:abort', 'wait:refused', 'abandoned'];

let heard: { event: string; message: WaitMessage }[];
const listeners = CHANNELS.map((event) => ({
  name: `eventfd:${event}`,
  listen: (message: unknown) => {
    heard.push({ event, message: message as WaitMessage });
  },
}));

beforeEach(() => {
  heard = [];
  for (const { name, listen } of listeners) subscribe(name, listen);
});
afterEach(() => {
  for (const { name, listen } of listeners) unsubscribe(name, listen);
});

/** What was published, as `event method` lines, and all messages of one wait under one id. */
function events(): string[] {
  return heard.map(({ event, message }) => `${event} ${message.method}`);
}

const ignore = () => {};

describe('a wait that is', () => {
  test('granted', async () => {
    using semaphore = new Semaphore(0, { name: 'told', max: 2 });
    const wait = semaphore.acquire({ permits: 2 });
    expect(events()).toEqual(['wait:start acquire']);
    semaphore.grow(2);
    await wait;
    expect(events()).toEqual(['wait:start acquire', 'wait:granted acquire']);
    const [start, granted] = heard.map(({ message }) => message);
    expect(start).toEqual({
      id: expect.any(Number),
      threadId,
      kind: 'Semaphore',
      name: 'told',
      objectId: semaphore.id,
      method: 'acquire',
      permits: 2,
      mode: undefined,
      priority: 0,
    });
    expect(granted).toEqual(start);
  });

  test('granted while it blocks', async () => {
    using signal = new Signal();
    const peer = await Peer.start(signal);
    const posts = peer.do('postWhenWaitedFor');
    signal.waitSync();
    expect(events()).toEqual(['wait:start waitSync', 'wait:granted waitSync']);
    expect(heard[0]?.message).toEqual({
      id: heard[1]?.message.id,
      threadId,
      kind: 'Signal',
      name: undefined,
      objectId: signal.id,
      method: 'waitSync',
      permits: 1,
      priority: 0,
    });
    await posts;
    await peer.terminate();
  });

  test('too late, blocking or not, with a timeout of 0 or more', async () => {
    using event = new Event();
    await event.wait({ timeout: 1 }).catch(ignore);
    await event.wait({ timeout: 0 }).catch(ignore);
    for (const timeout of [1, 0]) expect(() => event.waitSync({ timeout })).toThrow();
    const async = ['wait:start wait', 'wait:timeout wait'];
    const sync = ['wait:start waitSync', 'wait:timeout waitSync'];
    expect(events()).toEqual([...async, ...async, ...sync, ...sync]);
    expect(new Set(heard.map(({ message }) => message.id)).size).toBe(4);
  });

  test('aborted; one whose signal has aborted before does not begin', async () => {
    using latch = new Latch(1);
    const abort = new AbortController();
    const wait = latch.wait({ signal: abort.signal });
    abort.abort();
    await wait.catch(ignore);
    await latch.wait({ signal: abort.signal }).catch(ignore);
    expect(events()).toEqual(['wait:start wait', 'wait:abort wait']);
  });

  test('refused, since its object was closed', async () => {
    const mutex = new Mutex();
    const guard = mutex.lockSync();
    const wait = mutex.lock();
    mutex.close();
    await wait.catch(ignore);
    guard.unlock();
    expect(events()).toEqual(['wait:start lock', 'wait:refused lock']);
    mutex[Symbol.dispose]();
  });

  test('refused, since its barrier broke', async () => {
    using barrier = new Barrier(2);
    const wait = barrier.wait();
    barrier.abort();
    await wait.catch(ignore);
    expect(() => barrier.waitSync()).toThrow();
    expect(events()).toEqual(['wait:start wait', 'wait:refused wait', 'wait:start waitSync', 'wait:refused waitSync']);
  });

  test('refused, since it would never end', async () => {
    using mutex = new Mutex();
    using other = new Mutex();
    const peer = await Peer.start(other);
    const guard = mutex.lockSync();
    const theirs = peer.do('lockThen', mutex);
    await queued(mutex, 1);
    // One of the two closes the cycle and is told; nearly always we, who came last. The other gets its lock.
    let ours: unknown;
    try {
      other.lockSync().unlock();
    } catch (error) {
      ours = (error as { code: string }).code;
    }
    guard.unlock();
    expect([ours, await theirs].filter((code) => code !== undefined)).toEqual(['ERR_DEADLOCK']);
    expect(events()).toEqual(['wait:start lockSync', ours ? 'wait:refused lockSync' : 'wait:granted lockSync']);
    await peer.terminate();
  });
});

test('each wait of a crowd has an id of its own, and one end', async () => {
  using event = new Event();
  const abort = new AbortController();
  const waits = Array.from({ length: 300 }, (_, i) => {
    const options = [{}, { signal: abort.signal }, { timeout: 1 }][i % 3] as object;
    return event.wait(options).catch(ignore);
  });
  abort.abort();
  await waits[2];
  event.set();
  await within('the crowd', Promise.all(waits));
  const ends = new Map<number, string[]>();
  for (const { event: name, message } of heard) ends.set(message.id, [...(ends.get(message.id) ?? []), name]);
  expect(ends.size).toBe(300);
  for (const [first, second, ...more] of ends.values()) {
    expect(first).toBe('wait:start');
    expect(['wait:granted', 'wait:abort', 'wait:timeout']).toContain(second);
    expect(more).toEqual([]);
  }
});

test('who need not wait is not told of', async () => {
  using semaphore = new Semaphore(2);
  using mutex = new Mutex();
  using lock = new RwLock();
  using condition = new Condition(mutex);
  using signal = new Signal(3);
  using event = new Event();
  using latch = new Latch(0);
  event.set();
  semaphore.tryAcquire()?.release();
  semaphore.acquireSync().release();
  (await semaphore.acquire()).release();
  mutex.lockSync().unlock();
  (await mutex.lock()).unlock();
  lock.readSync().unlock();
  (await lock.write()).unlock();
  condition.notify();
  signal.tryWait();
  signal.waitSync();
  await signal.wait();
  event.waitSync();
  await event.wait();
  latch.waitSync();
  await latch.arriveAndWait();
  expect(events()).toEqual([]);
});

test('a lock whose owner died is told of when it is locked next', async () => {
  using mutex = new Mutex({ name: 'orphan' });
  const peer = await Peer.start(mutex);
  await peer.do('keep', 'lock');
  await peer.terminate();
  const guard = mutex.lockSync();
  expect(guard.abandoned).toBe(true);
  guard.unlock();
  mutex.lockSync().unlock();
  expect(heard.map(({ event, message }) => [event, message])).toEqual([
    ['abandoned', { threadId, kind: 'Mutex', name: 'orphan', objectId: mutex.id }],
  ]);
});

test('nobody is told without a subscriber', () => {
  for (const { name, listen } of listeners) unsubscribe(name, listen);
  for (const { name } of listeners) expect(channel(name).hasSubscribers).toBe(false);
  using event = new Event();
  expect(() => event.waitSync({ timeout: 0 })).toThrow();
  expect(heard).toEqual([]);
});

test('a subscriber that throws breaks no wait', async () => {
  expect(await output('throwing-subscriber.mjs')).toBe('granted, late, late, aborted; 8 caught\n');
});
