import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';
import { describe, expect, test } from 'vitest';
import { turns, until, within } from '../support/deadline.js';
import { type SubjectClass, subjects } from '../support/subjects.mjs';

interface Ways {
  readonly busy?: boolean;
  readonly own?: boolean;
  readonly fd?: EventFd;
}

/** A worker whose promise stands first in the queue, and the object, which is shut. */
async function begin(name: string, { busy = false, own = false, fd }: Ways = {}) {
  const subject = subjects[name] as SubjectClass;
  const object = subject.make(name);
  const go = new Signal();
  const shut = subject.shut(object);
  const words = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { name, object, go, words, busy, own, fd };
  const worker = new Worker(new URL('../fixtures/blocked-promise.mjs', import.meta.url), { workerData });
  const said: unknown[] = [];
  worker.on('message', (message) => said.push(message));
  let heard = 0;
  const says = async (what: string) => {
    const next = heard++;
    await until(`"${what}"`, () => said.length > next, said, object, go);
    expect(said[next]).toBe(what);
  };
  await says('queued');
  return {
    subject,
    object,
    says,
    /** Lets the first in the queue pass. */
    open: () => subject.open(object, shut),
    /** The same for the one behind, where passing does not do it. */
    openAgain: () => subject.owned || subject.open(object, undefined),
    block: async () => {
      Atomics.store(words, 1, 1);
      await until('it to block', () => go.waiting === 1, go);
    },
    unblock: () => go.post(),
  };
}

/** What is taken, and comes back when it is not wanted. A set and a notification are for whoever waited before them. */
const taken = ['Semaphore', 'fair Semaphore', 'Mutex', 'RwLock to read', 'RwLock to write', 'Signal'];
const all = [...taken, 'Condition', 'Event'];

describe.each(all)('%s: a promise of a thread that is blocked in another wait', (name) => {
  test('is passed over by the next that can run, and is served when its thread runs again', async () => {
    const { subject, object, says, open, openAgain, block, unblock } = await begin(name);
    await block();
    const mine = subject.pass(object);
    await until('two to wait', () => object.waiting === 2, object);
    open();
    subject.leave(object, await within('this thread', mine, object));
    expect(object.waiting).toBe(1);
    const passed = says('runs again');
    unblock();
    await passed;
    openAgain();
    await says('passed');
    expect(object.waiting).toBe(0);
  });
});

/** Readers read together, and need not come first. */
const alone = taken.filter((name) => name !== 'RwLock to read');

describe.each(alone)('%s: a promise of a thread that is blocked in another wait', (name) => {
  test('is passed over by a wait that begins later, and comes first again once its thread runs', async () => {
    const { subject, object, says, open, openAgain, block, unblock } = await begin(name);
    await block();
    open();
    const passed = await within('this thread', subject.pass(object), object);
    unblock();
    await says('runs again');
    const late = subject.pass(object);
    expect(object.waiting).toBe(2);
    subject.leave(object, passed);
    openAgain();
    await says('passed');
    openAgain();
    subject.leave(object, await within('the late one', late, object));
    expect(object.waiting).toBe(0);
  });
});

describe.each(taken)('%s: a promise of a thread that blocks', (name) => {
  test('before it has looked at what was granted to it gives that to the next', async () => {
    const { subject, object, says, open, openAgain, block, unblock } = await begin(name, { busy: true });
    const mine = subject.pass(object);
    await until('two to wait', () => object.waiting === 2, object);
    open();
    await block();
    subject.leave(object, await within('this thread', mine, object));
    unblock();
    await says('runs again');
    openAgain();
    await says('passed');
    expect(object.waiting).toBe(0);
  });

  test('before it has looked gives it to who comes later', async () => {
    const { subject, object, says, open, openAgain, block, unblock } = await begin(name, { busy: true });
    open();
    await block();
    subject.leave(object, subject.passSync(object, { timeout: 30_000 }));
    unblock();
    await says('runs again');
    openAgain();
    await says('passed');
    expect(object.waiting).toBe(0);
  });

  test('for the same object gives it to the wait that blocks it', async () => {
    const subject = subjects[name] as SubjectClass;
    const object = subject.make(name);
    const shut = subject.shut(object);
    const promise = subject.pass(object);
    await turns(1);
    expect(object.waiting).toBe(1);
    subject.open(object, shut);
    subject.leave(object, subject.passSync(object, { timeout: 30_000 }));
    if (!subject.owned) subject.open(object, undefined);
    subject.leave(object, await within('the promise', promise, object));
    expect(object.waiting).toBe(0);
  });
});

test.each(all)('%s: a thread that waits behind a promise of its own, blocking, is served first', async (name) => {
  const { object, says, open, openAgain } = await begin(name, { own: true });
  await until('it to block', () => object.waiting === 2, object);
  const ran = says('runs again');
  open();
  await ran;
  openAgain();
  await says('passed');
  expect(object.waiting).toBe(0);
});

test.each(taken)('%s: a promise of a thread that blocks for an eventfd is passed over', async (name) => {
  using fd = new EventFd();
  const { subject, object, says, open, openAgain } = await begin(name, { fd });
  const mine = subject.pass(object);
  await until('two to wait', () => object.waiting === 2, object);
  open();
  subject.leave(object, await within('this thread', mine, object));
  const ran = says('runs again');
  fd.writeSync(1n);
  await ran;
  openAgain();
  await says('passed');
  expect(object.waiting).toBe(0);
});

describe('what a promise of a blocked thread has gathered permits for', () => {
  const start = async (object: Semaphore | RwLock, permits?: number) => {
    const go = new Signal();
    const worker = new Worker(new URL('../fixtures/gathers.mjs', import.meta.url), {
      workerData: { object, go, permits },
    });
    await until('it to block', () => go.waiting === 1, go, object);
    return { go, passed: once(worker, 'message') };
  };

  test.each([false, true])('Semaphore (fair: %s): serves those behind it, and who comes', async (fair) => {
    const semaphore = new Semaphore(3, { fair });
    const two = semaphore.tryAcquire(2);
    const { go, passed } = await start(semaphore, 3);
    expect(semaphore.waiting).toBe(1);
    const one = semaphore.tryAcquire();
    expect(one?.count).toBe(1);
    const [a, b] = [semaphore.acquire(), semaphore.acquire()];
    two?.release();
    for (const each of [a, b]) (await within('one behind it', each, semaphore)).release();
    go.post();
    await until('it to run', () => go.waiting === 0, go);
    one?.release();
    expect(await within('the promise', passed, semaphore)).toEqual(['passed']);
  });

  test('RwLock: lets readers read while the writer cannot', async () => {
    const lock = new RwLock();
    const first = lock.readSync();
    const { go, passed } = await start(lock);
    expect(lock.waiting).toBe(1);
    const second = lock.tryRead();
    expect(second).toBeDefined();
    const third = await within('a reader', lock.read(), lock);
    for (const each of [first, second, third]) each?.unlock();
    go.post();
    expect(await within('the writer', passed, lock)).toEqual(['passed']);
  });

  test.each([false, true])('who waited behind it before it blocked is served as well (fair: %s)', async (fair) => {
    const semaphore = new Semaphore(3, { fair });
    const two = semaphore.tryAcquire(2);
    const both = semaphore.acquire({ permits: 3 });
    const one = semaphore.acquire();
    expect([semaphore.available, semaphore.waiting]).toEqual([1, 2]);
    // This thread blocks itself; its promises wait until it runs again.
    semaphore.acquireSync({ timeout: 30_000 }).release();
    two?.release();
    (await within('all three', both, semaphore)).release();
    (await within('one', one, semaphore)).release();
  });
});
