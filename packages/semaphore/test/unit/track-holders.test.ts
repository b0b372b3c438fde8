/** Where what is held was acquired: `trackHolders`. */
import { inspect as format } from 'node:util';
import { threadId } from 'node:worker_threads';
import { type Acquisition, Condition, inspect, Mutex, RwLock, Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const options = { name: 'tracked', trackHolders: true };

function holdersOf(name = 'tracked') {
  const found = inspect().filter((object) => object.name === name);
  expect(found.length).toBe(1);
  return found[0]?.holders ?? [];
}

/** Of the only holder. */
function acquired(name?: string): readonly Acquisition[] {
  const holders = holdersOf(name);
  expect(holders.length).toBe(1);
  return holders[0]?.acquired ?? [];
}

/** The functions nearest to each acquire, with the permits of each. */
const places = (name?: string) =>
  acquired(name).map(({ stack, permits }) => [/at (?:async )?(\w+)/.exec(stack)?.[1], permits]);

interface Held {
  release?(): void;
  unlock?(): void;
}
const letGo = (held: Held) => (held.release === undefined ? held.unlock?.() : held.release());

const ways: Record<
  string,
  readonly [make: () => Semaphore | Mutex | RwLock, take: (object: never) => Held | Promise<Held>]
> = {
  'Semaphore.tryAcquire': [
    () => new Semaphore(2, options),
    function takes(s: Semaphore) {
      return s.tryAcquire() as Held;
    },
  ],
  'Semaphore.acquireSync': [
    () => new Semaphore(2, options),
    function takes(s: Semaphore) {
      return s.acquireSync();
    },
  ],
  'Semaphore.acquire': [
    () => new Semaphore(2, options),
    function takes(s: Semaphore) {
      return s.acquire();
    },
  ],
  'Semaphore.acquire with options': [
    () => new Semaphore(2, options),
    function takes(s: Semaphore) {
      return s.acquire({ timeout: 1e6 });
    },
  ],
  'Mutex.tryLock': [
    () => new Mutex(options),
    function takes(m: Mutex) {
      return m.tryLock() as Held;
    },
  ],
  'Mutex.lockSync': [
    () => new Mutex(options),
    function takes(m: Mutex) {
      return m.lockSync();
    },
  ],
  'Mutex.lock': [
    () => new Mutex(options),
    function takes(m: Mutex) {
      return m.lock();
    },
  ],
  'RwLock.tryRead': [
    () => new RwLock(options),
    function takes(l: RwLock) {
      return l.tryRead() as Held;
    },
  ],
  'RwLock.readSync': [
    () => new RwLock(options),
    function takes(l: RwLock) {
      return l.readSync();
    },
  ],
  'RwLock.read': [
    () => new RwLock(options),
    function takes(l: RwLock) {
      return l.read();
    },
  ],
  'RwLock.writeSync': [
    () => new RwLock(options),
    function takes(l: RwLock) {
      return l.writeSync();
    },
  ],
  'RwLock.write': [
    () => new RwLock(options),
    function takes(l: RwLock) {
      return l.write({ timeout: 1e6 });
    },
  ],
};

describe.each(Object.entries(ways))('%s', (_, [make, take]) => {
  test('is noted with its stack, the caller first, until it is given back', async () => {
    using object = make();
    const held = await take(object as never);
    const [{ stack = '', ...rest } = {}, ...others] = acquired();
    expect(others).toEqual([]);
    expect(rest).toEqual({ permits: holdersOf()[0]?.permits, holds: 1, heldMs: expect.any(Number) });
    expect(stack).toMatch(/^ +at (async )?takes \(.*track-holders\.test\.ts:\d+:\d+\)/);
    expect(stack).not.toMatch(/\/semaphore\/(dist|lib)\//);
    letGo(held);
    expect(holdersOf()).toEqual([]);
  });
});

describe('run', () => {
  test.each(['run', 'runSync'] as const)('%s: while it runs', async (method) => {
    using semaphore = new Semaphore(1, options);
    const runs = () => semaphore[method](() => expect(acquired()[0]?.stack).toMatch(/at .*runs \(.*track-holders/));
    await runs();
    expect(holdersOf()).toEqual([]);
  });
});

test('one that waited: where it was called, and not where it was granted', async () => {
  using semaphore = new Semaphore(1, options);
  function first() {
    return semaphore.acquireSync();
  }
  function second() {
    return semaphore.acquire();
  }
  const permit = first();
  const wait = second();
  expect(places()).toEqual([['first', 1]]);
  permit.release();
  const granted = await wait;
  expect(places()).toEqual([['second', 1]]);
  granted.release();
});

test('many from one place are one entry; each goes when it is given back', () => {
  using semaphore = new Semaphore(5000, options);
  const takesMany = () => Array.from({ length: 4096 }, () => semaphore.acquireSync());
  const takesMore = () => semaphore.acquireSync({ permits: 3 });
  const many = takesMany();
  // No more are noted, though they are held.
  const more = takesMore();
  expect(holdersOf()[0]?.permits).toBe(4099);
  expect(acquired()).toMatchObject([{ permits: 4096, holds: 4096 }]);
  for (const permit of many) permit.release();
  // Alone, it is not noted anew: where it was acquired has not been kept.
  expect(holdersOf()).toEqual([{ threadId, permits: 3 }]);
  more.release();
  takesMore();
  expect(acquired()).toMatchObject([{ permits: 3, holds: 1 }]);
});

test('what is split off, or merged, or forgotten, was acquired where it was', () => {
  using semaphore = new Semaphore(10, options);
  const three = () => semaphore.acquireSync({ permits: 3 });
  const two = () => semaphore.acquireSync({ permits: 2 });
  const sorted = () => places().sort();
  const permit = three();
  const other = two();
  permit.merge(other);
  permit.merge(other);
  permit.merge(permit);
  expect(sorted()).toEqual([
    ['three', 3],
    ['two', 2],
  ]);
  const part = permit.split(4);
  expect(sorted()).toEqual([
    ['three', 3],
    ['two', 2],
  ]);
  part.release();
  expect(places()).toEqual([['three', 1]]);
  other.release();
  permit.forget();
  expect(holdersOf()).toEqual([]);
});

test('a write lock that is downgraded, and a mutex after a wait for a condition', async () => {
  using lock = new RwLock(options);
  const write = lock.writeSync();
  const downgrades = () => write.downgrade();
  const read = downgrades();
  expect(places()).toEqual([['downgrades', 1]]);
  read.unlock();

  using mutex = new Mutex({ name: 'of the condition', trackHolders: true });
  using condition = new Condition(mutex);
  const guard = mutex.lockSync();
  const waits = () => condition.wait(guard);
  const wait = waits();
  expect(holdersOf('of the condition')).toEqual([]);
  condition.notify();
  await wait;
  expect(acquired('of the condition')[0]?.stack).toContain('track-holders.test.ts');
  guard.unlock();
});

test('a Permit cannot leave its thread, and what is noted of it stays', () => {
  using semaphore = new Semaphore(1, options);
  const permit = semaphore.acquireSync();
  expect(() => structuredClone(permit)).toThrow(expect.objectContaining({ code: 'ERR_NOT_POSTABLE' }));
  expect(acquired()).toHaveLength(1);
  permit.release();
});

test('other threads note it, too, of an object that was posted; it ends with the thread', async () => {
  using semaphore = new Semaphore(5, options);
  const [first, second] = (await Peer.startMany(2, semaphore)) as [Peer, Peer];
  await first.do('hold', 3);
  await second.do('hold', 2);
  // Blocked, it is looked at all the same.
  second.tell('call', 'acquireSync');
  await queued(semaphore, 1);
  const holders = [...holdersOf()].sort((a, b) => b.permits - a.permits);
  expect(holders).toMatchObject([
    { threadId: first.worker.threadId, permits: 3, acquired: [{ permits: 3, holds: 1 }] },
    { threadId: second.worker.threadId, permits: 2, acquired: [{ permits: 2, holds: 1 }] },
  ]);
  for (const { acquired: [place] = [] } of holders) expect(place?.stack).toMatch(/^ +at .*peer\.mjs:\d+:\d+/);
  await first.terminate();
  await queued(semaphore, 0);
  expect(acquired()).toMatchObject([{ permits: 2 }, { permits: 1 }]);
  await second.terminate();
  expect(holdersOf()).toEqual([]);
});

test('of a named object each opener decides for itself', () => {
  using plain = Mutex.open('named lock');
  using tracked = Mutex.open('named lock', { trackHolders: true });
  const untold = plain.lockSync();
  expect(holdersOf('named lock')).toEqual([{ threadId, permits: 1 }]);
  untold.unlock();
  const told = tracked.lockSync();
  expect(acquired('named lock')).toHaveLength(1);
  told.unlock();
  // What is posted says so, and what is opened as it is may, too.
  using posted = Mutex.from(structuredClone(tracked.handle));
  const guard = posted.lockSync();
  expect(acquired('named lock')).toHaveLength(1);
  guard.unlock();
  using made = Semaphore.open('named permits', 2);
  using opened = Semaphore.open('named permits', undefined, { trackHolders: true });
  expect(made.permits).toBe(2);
  const permit = opened.acquireSync();
  expect(acquired('named permits')).toHaveLength(1);
  permit.release();
});

test('without it nothing is noted, and a handle that says something else is not believed', () => {
  using semaphore = new Semaphore(1, { name: 'tracked' });
  for (const trackHolders of ['yes', 1, null, {}]) {
    const attached = Semaphore.from({ ...semaphore.handle, trackHolders } as never);
    const permit = attached.acquireSync();
    expect(holdersOf()).toEqual([{ threadId, permits: 1 }]);
    permit.release();
  }
  for (const trackHolders of ['yes', 1, null, {}] as never[]) {
    const wrong = expect.objectContaining({
      code: 'ERR_INVALID_ARG_TYPE',
      message: expect.stringContaining('trackHolders'),
    });
    expect(() => new Semaphore(1, { trackHolders })).toThrow(wrong);
    expect(() => new Mutex({ trackHolders })).toThrow(wrong);
    expect(() => new RwLock({ trackHolders })).toThrow(wrong);
    expect(() => Semaphore.open('never made', undefined, { trackHolders })).toThrow(wrong);
  }
});

test('EVENTFD_TRACK_HOLDERS=1 notes it of all, on every thread, but where the option says no', async () => {
  expect(JSON.parse(await output('track-holders.mjs', ['1']))).toEqual({
    Mutex: [true, true],
    Semaphore: [true, true],
    'not this one': [false, false],
  });
  expect(JSON.parse(await output('track-holders.mjs', ['0']))).toEqual({
    Mutex: [false, false],
    Semaphore: [false, false],
    'not this one': [false, false],
  });
});

test('printed, it reads', () => {
  using semaphore = new Semaphore(9, options);
  const takes = () => semaphore.acquireSync({ permits: 2 });
  const permits = [1, 2].map(takes);
  const text = format(inspect().find(({ name }) => name === 'tracked')).replaceAll(/\d+ ms/g, 'N ms');
  expect(text).toMatch(
    new RegExp(
      `^Semaphore "tracked" { available: 5, permits: 9 }\n  held by thread ${threadId}: 4\n    4 for N ms in 2 acquires, the first, acquired\n      at takes \\(.*track-holders\\.test\\.ts:`,
    ),
  );
  for (const permit of permits) permit.release();
});
