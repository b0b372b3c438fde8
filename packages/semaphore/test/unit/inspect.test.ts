import { inspect as format } from 'node:util';
import { threadId } from 'node:worker_threads';
import {
  Barrier,
  Condition,
  Event,
  inspect,
  Latch,
  Mutex,
  type ObjectState,
  RwLock,
  Semaphore,
  Signal,
} from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

/** What `inspect` says of the object of this name. */
function stateOf(name: string): ObjectState {
  const found = inspect().filter((object) => object.name === name);
  expect(found.length).toBe(1);
  return found[0] as ObjectState;
}

describe('every kind is listed, with what it says of itself', () => {
  const idle = { closed: false, holders: [], waiters: [] };

  test('Semaphore', () => {
    using semaphore = new Semaphore(3, { name: 'semaphore' });
    expect(stateOf('semaphore')).toMatchObject({ kind: 'Semaphore', ...idle, state: { available: 3, permits: 3 } });
    const permit = semaphore.acquireSync({ permits: 2 });
    expect(stateOf('semaphore').state).toEqual({ available: 1, permits: 3 });
    expect(stateOf('semaphore').holders).toEqual([{ threadId, permits: 2 }]);
    permit.release();
    semaphore.shrink(3);
    expect(stateOf('semaphore').state).toEqual({ available: 0, permits: 0 });
  });

  test('Mutex', () => {
    using mutex = new Mutex({ name: 'mutex' });
    expect(stateOf('mutex')).toMatchObject({ kind: 'Mutex', ...idle, state: { locked: false, abandoned: false } });
    const guard = mutex.lockSync();
    expect(stateOf('mutex')).toMatchObject({ state: { locked: true }, holders: [{ threadId, permits: 1 }] });
    guard.unlock();
    expect(stateOf('mutex')).toMatchObject({ ...idle, state: { locked: false } });
  });

  test('RwLock', () => {
    using lock = new RwLock({ name: 'rwlock' });
    expect(stateOf('rwlock')).toMatchObject({ kind: 'RwLock', ...idle, state: { readers: 0, writing: false } });
    const readers = [lock.readSync(), lock.readSync()];
    expect(stateOf('rwlock')).toMatchObject({ state: { readers: 2 }, holders: [{ threadId, permits: 2 }] });
    for (const reader of readers) reader.unlock();
    const writer = lock.writeSync();
    expect(stateOf('rwlock').state).toEqual({ readers: 0, writing: true, abandoned: false });
    expect(stateOf('rwlock').holders).toMatchObject([{ threadId }]);
    writer.unlock();
  });

  test('Condition', async () => {
    using mutex = new Mutex();
    using condition = new Condition(mutex, { name: 'condition' });
    expect(stateOf('condition')).toMatchObject({ kind: 'Condition', ...idle, state: {} });
    const guard = await mutex.lock();
    const wait = condition.wait(guard);
    expect(stateOf('condition').waiters).toMatchObject([{ threadId, sync: false }]);
    condition.notify();
    await wait;
    expect(stateOf('condition').waiters).toEqual([]);
    guard.unlock();
  });

  test('Signal', () => {
    using signal = new Signal(4, { name: 'signal' });
    signal.tryWait();
    expect(stateOf('signal')).toMatchObject({ kind: 'Signal', ...idle, state: { count: 3 } });
  });

  test('Event', () => {
    using event = new Event({ name: 'event', autoReset: true });
    expect(stateOf('event')).toMatchObject({ kind: 'Event', ...idle, state: { isSet: false, autoReset: true } });
    event.set();
    expect(stateOf('event').state).toEqual({ isSet: true, autoReset: true });
  });

  test('Latch', () => {
    using latch = new Latch(3, { name: 'latch' });
    latch.countDown();
    expect(stateOf('latch')).toMatchObject({ kind: 'Latch', ...idle, state: { count: 2 } });
  });

  test('Barrier', () => {
    using barrier = new Barrier(3, { name: 'barrier' });
    expect(stateOf('barrier')).toMatchObject({ kind: 'Barrier', ...idle, state: { parties: 3, broken: false } });
    barrier.abort();
    expect(stateOf('barrier').state).toEqual({ parties: 3, broken: true });
  });
});

test('nameless, closed and disposed', () => {
  using event = new Event();
  expect(inspect().some(({ kind, name }) => kind === 'Event' && name === undefined)).toBe(true);
  event.set();
  const closed = new Latch(1, { name: 'to be closed' });
  closed.close();
  expect(stateOf('to be closed').closed).toBe(true);
  closed[Symbol.dispose]();
  expect(inspect().filter(({ name }) => name === 'to be closed')).toEqual([]);
});

test('holders and waiters stand there by thread, waiters in the order of the queue', async () => {
  using semaphore = new Semaphore(5, { name: 'busy' });
  const peers = await Peer.startMany(4, semaphore);
  const [first, second, third, fourth] = peers as [Peer, Peer, Peer, Peer];
  await first.do('hold', 3);
  await second.do('hold', 2);
  first.tell('call', 'acquireSync', { permits: 4 });
  await queued(semaphore, 1);
  third.tell('call', 'acquire', { permits: 2 });
  await queued(semaphore, 2);
  fourth.tell('call', 'acquireSync');
  await queued(semaphore, 3);

  const { state, holders, waiters } = stateOf('busy');
  expect(state).toEqual({ available: 0, permits: 5 });
  const byThread = [...holders].sort((a, b) => b.permits - a.permits);
  expect(byThread).toEqual([
    { threadId: first.worker.threadId, permits: 3 },
    { threadId: second.worker.threadId, permits: 2 },
  ]);
  expect(waiters.map(({ waitedMs, ...waiter }) => waiter)).toEqual([
    { threadId: first.worker.threadId, permits: 4, sync: true, priority: 0 },
    { threadId: third.worker.threadId, permits: 2, sync: false, priority: 0 },
    { threadId: fourth.worker.threadId, permits: 1, sync: true, priority: 0 },
  ]);
  for (const { waitedMs } of waiters) expect(Number.isInteger(waitedMs) && waitedMs >= 0).toBe(true);
  // Who came first has waited longest.
  const ages = waiters.map(({ waitedMs }) => waitedMs);
  expect([...ages].sort((a, b) => b - a)).toEqual(ages);

  // Seen from a worker, it is the same picture.
  const viewer = await Peer.start(semaphore);
  const seen = (await viewer.do<ObjectState[]>('inspect')).find(({ name }) => name === 'busy') as ObjectState;
  expect([...seen.holders].sort((a, b) => b.permits - a.permits)).toEqual(byThread);
  expect(seen.waiters.map((waiter) => waiter.threadId)).toEqual(waiters.map((waiter) => waiter.threadId));

  // And nothing of it is left once the threads are gone.
  for (const peer of [...peers, viewer]) await peer.terminate();
  expect(stateOf('busy')).toMatchObject({ state: { available: 5, permits: 5 }, holders: [], waiters: [] });
});

test('a thread that has attached an object twice is one holder', () => {
  using semaphore = new Semaphore(5, { name: 'twice' });
  const twin = Semaphore.from(semaphore);
  const permits = [semaphore.acquireSync(), twin.acquireSync({ permits: 2 })];
  expect(stateOf('twice').holders).toEqual([{ threadId, permits: 3 }]);
  for (const permit of permits) permit.release();
});

test('printed, it reads', async () => {
  using semaphore = new Semaphore(4, { name: 'printed' });
  using latch = new Latch(2);
  const permit = semaphore.acquireSync({ permits: 3 });
  const abort = new AbortController();
  const peer = await Peer.start(semaphore);
  const blocked = peer.call('acquireSync', { permits: 2, timeout: 60_000 });
  await queued(semaphore, 1);
  const wait = semaphore.acquire({ signal: abort.signal });
  const timeless = (text: string) => text.replaceAll(/for \d+ ms/g, 'for N ms');
  const id = peer.worker.threadId;
  expect(timeless(format(stateOf('printed')))).toBe(
    [
      'Semaphore "printed" { available: 1, permits: 4 }',
      `  held by thread ${threadId}: 3`,
      `  thread ${id} blocked for N ms, wants 2`,
      `  thread ${threadId} waiting for N ms`,
    ].join('\n'),
  );
  // Inside of something else, it keeps to its place.
  expect(timeless(format({ all: [stateOf('printed')] }))).toContain(`\n      held by thread ${threadId}: 3\n`);
  expect(format(inspect().find(({ kind, name }) => kind === 'Latch' && name === undefined))).toBe(
    `Latch ${latch.id} { count: 2 }`,
  );
  latch.close();
  expect(format(inspect().find(({ kind, name }) => kind === 'Latch' && name === undefined))).toBe(
    `Latch ${latch.id} closed { count: 2 }`,
  );
  abort.abort();
  await expect(wait).rejects.toThrow('aborted');
  permit.release();
  await blocked.catch(() => {});
  await peer.terminate();
});

test('thousands of objects are listed, each once', () => {
  const names = Array.from({ length: 5000 }, (_, i) => `many ${i}`);
  const events = names.map((name) => new Event({ name }));
  for (const [i, event] of events.entries()) if (i % 2 === 0) event.set();
  const many = inspect().filter(({ name }) => name?.startsWith('many '));
  expect(new Map(many.map(({ name, state }) => [name, (state as { isSet?: boolean }).isSet]))).toEqual(
    new Map(names.map((name, i) => [name, i % 2 === 0])),
  );
  expect(many.length).toBe(names.length);
  for (const event of events) event[Symbol.dispose]();
  expect(inspect().filter(({ name }) => name?.startsWith('many '))).toEqual([]);
});
