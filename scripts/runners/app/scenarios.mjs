// What people do with the library, whatever runs their tests. Each resolves, or rejects with an assertion.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Condition, Event, inspect, Latch, Mutex, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';

// The real one: a runner may have put its own in its place.
const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout } = globalThis;
const DEADLINE = 10_000;

/** A promise that must settle soon, or what it was about. */
async function soon(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setRealTimeout(() => reject(new Error(`${what}: nothing for ${DEADLINE} ms`)), DEADLINE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearRealTimeout(timer);
  }
}

/** What is of another realm, an array for instance, is not deeply equal to one's own. */
function same(actual, expected) {
  assert.equal(JSON.stringify(actual), JSON.stringify(expected));
}

const workerFile = new URL('worker.mjs', import.meta.url);

function start(task, data) {
  const worker = new Worker(workerFile, { workerData: { task, ...data } });
  const done = new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', resolve);
  });
  return { worker, done };
}

const codeOf = (promise) =>
  promise.then(
    () => 'no error',
    ({ code, name }) => code ?? name,
  );

/** At most so many at once, on three threads, blocking and not. */
export async function limits() {
  const semaphore = new Semaphore(2, { name: 'limits' });
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const rounds = 300;
  const workers = [1, 2].map(() => start('limited', { semaphore, counters, rounds }));
  for (let i = 0; i < rounds; i++) {
    await semaphore.run(() => {
      const inside = Atomics.add(counters, 0, 1) + 1;
      if (inside > Atomics.load(counters, 1)) Atomics.store(counters, 1, inside);
      Atomics.sub(counters, 0, 1);
    });
  }
  same(await soon('the workers', Promise.all(workers.map(({ done }) => done))), [0, 0]);
  same([semaphore.available, semaphore.waiting, counters[0]], [2, 0, 0]);
  assert.ok(counters[1] <= 2, `${counters[1]} inside at once`);
}

/** Wake-ups there and back, of every kind. */
export async function wakesUp() {
  const objects = { signal: new Signal(), event: new Event(), latch: new Latch(1), efd: new EventFd() };
  const { done } = start('answer', objects);
  objects.signal.post();
  await soon('the event', objects.event.wait());
  objects.efd.tryWrite(7);
  await soon('the latch', objects.latch.wait({ timeout: DEADLINE }));
  await soon('the worker', done);
  objects.efd.close();
}

/** Waits of one thread for itself: each class, granted by a later turn. */
export async function waitsForItself() {
  const mutex = new Mutex();
  const guard = await mutex.lock();
  const next = mutex.lock();
  guard.unlock();
  (await soon('the mutex', next)).unlock();

  const lock = new RwLock();
  const reading = lock.readSync();
  const writing = lock.write();
  reading.unlock();
  (await soon('the rwlock', writing)).downgrade().unlock();

  const condition = new Condition(mutex);
  const held = await mutex.lock();
  const notified = condition.wait(held);
  assert.equal(condition.notify(), 1);
  await soon('the condition', notified);
  held.unlock();
}

/** Timeouts and aborts, of signals of every make. */
export async function givesUp() {
  const semaphore = new Semaphore(0);
  assert.equal(await codeOf(semaphore.acquire({ timeout: 5 })), 'ERR_TIMEOUT');
  assert.throws(() => semaphore.acquireSync({ timeout: 5 }), { code: 'ERR_TIMEOUT' });
  const reason = new Error('enough');
  const abort = new AbortController();
  const waits = [
    semaphore.acquire({ signal: abort.signal }),
    semaphore.acquire({ signal: AbortSignal.any([abort.signal, AbortSignal.timeout(DEADLINE)]) }),
  ];
  abort.abort(reason);
  for (const wait of waits) {
    await assert.rejects(soon('an abort', wait), (error) => error === reason);
  }
  assert.equal(await codeOf(soon('its timeout', semaphore.acquire({ signal: AbortSignal.timeout(5) }))), 23);
  await assert.rejects(semaphore.acquire({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
  assert.equal(semaphore.waiting, 0);
  semaphore.close();
  assert.equal(await codeOf(semaphore.acquire()), 'ERR_SEMAPHORE_CLOSED');
}

/** A worker that holds a lock is killed while it is blocked. */
export async function survivesDeath() {
  const objects = { mutex: new Mutex({ name: 'survives' }), signal: new Signal() };
  const { worker, done } = start('hold', objects);
  same(await soon('the lock', once(worker, 'message')), ['holds']);
  const wait = objects.mutex.lock();
  assert.equal(objects.mutex.waiting, 1);
  await worker.terminate();
  const guard = await soon('the lock of the dead', wait);
  same([guard.abandoned, objects.signal.waiting], [true, 0]);
  guard.unlock();
  await done;
}

/** What is posted, cloned or taken over is the same object, and of the class. */
export async function attaches() {
  // Other test files of the process may have done the same.
  const name = `attached ${randomUUID()}`;
  const semaphore = new Semaphore(3, { name });
  const { port1, port2 } = new MessageChannel();
  const arrived = once(port2, 'message');
  port1.postMessage(semaphore);
  const [message] = await soon('the message', arrived);
  port1.close();
  const twin = Semaphore.from(message);
  assert.ok(twin instanceof Semaphore);
  twin.tryAcquire(2);
  assert.equal(semaphore.available, 1);
  assert.equal(Semaphore.from(semaphore.handle).available, 1);
  same(
    inspect()
      .filter((each) => each.name === name)
      .map(({ state, holders }) => [state.available, holders.length]),
    [[1, 1]],
  );
}

/** Under fake timers: `advance(ms)` moves their clock. */
export async function keepsFakeTime(advance) {
  const semaphore = new Semaphore(0);
  const efd = new EventFd();
  let settled = 0;
  const codes = [
    semaphore.acquire({ timeout: 60_000 }),
    new Event().wait({ timeout: 60_000 }),
    efd.read({ timeout: 60_000 }),
  ].map((wait) => codeOf(wait).finally(() => settled++));
  await turn();
  await advance(59_000);
  await turn();
  assert.equal(settled, 0, 'a wait ended before its fake time');
  await advance(1_001);
  same(await soon('the timeouts', Promise.all(codes)), ['ERR_TIMEOUT', 'ERR_TIMEOUT', 'ERR_TIMEOUT']);
  assert.equal(semaphore.waiting, 0);
  semaphore.grow(1);
  assert.equal(semaphore.available, 1);
  efd.close();
}

/** Under fake timers a blocked thread cannot move their clock: its timeouts are real, and so are other threads. */
export async function blocksInRealTime() {
  for (const wait of [
    () => new Semaphore(0).acquireSync({ timeout: 20 }),
    () => new Event().waitSync({ timeout: 20 }),
    () => new EventFd().readSync({ timeout: 20 }),
    () => {
      const mutex = new Mutex();
      new Condition(mutex).waitSync(mutex.lockSync(), { timeout: 20 });
    },
  ]) {
    assert.throws(wait, { code: 'ERR_TIMEOUT' });
  }
  const semaphore = new Semaphore(0);
  const { done } = start('grant', { semaphore });
  (await soon('the grant', semaphore.acquire({ timeout: 60_000 }))).release();
  await soon('the worker', done);
  assert.equal(semaphore.available, 1);
}

/** A turn of the real loop. */
function turn() {
  return new Promise((resolve) => {
    setRealTimeout(resolve, 1);
  });
}

export const plain = { limits, wakesUp, waitsForItself, givesUp, survivesDeath, attaches };
