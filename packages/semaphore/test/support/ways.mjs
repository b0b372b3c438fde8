/** Every way to use the objects of a World at random: what the threads of a stress do all day. */
import { setImmediate } from 'node:timers/promises';

/** An operation that does not wait is done so often in a round. */
const CHEAP = 60;
/** So many of the ways do not wait. */
export const CHEAP_WAYS = 7;

/** What a wait that was given up ends with, or one too many; a barrier's may be broken by others. */
const GAVE_UP = ['ERR_TIMEOUT', 'ERR_BARRIER_BROKEN', 'ERR_QUEUE_FULL'];
function gaveUp({ code, name }) {
  return GAVE_UP.includes(code) || name === 'AbortError';
}

/** Waits that may come to nothing. */
export class Attempts {
  #random;
  #alsoGaveUp;

  /** @param alsoGaveUp what else a wait may end with where the objects are closed meanwhile */
  constructor(random, alsoGaveUp = () => false) {
    this.#random = random;
    this.#alsoGaveUp = alsoGaveUp;
  }

  /** Calls, and says whether that came to something or was given up. */
  async one(call) {
    try {
      await call();
      return true;
    } catch (error) {
      if (!gaveUp(error) && !this.#alsoGaveUp(error)) throw error;
      return false;
    }
  }

  oneSync(call) {
    try {
      call();
      return true;
    } catch (error) {
      if (!gaveUp(error) && !this.#alsoGaveUp(error)) throw error;
      return false;
    }
  }

  /** Several promises wait at once; some have a timeout, some are aborted a turn later. How many they were. */
  async crowd(call) {
    const abort = new AbortController();
    const waits = Array.from({ length: 1 + this.#random(5) }, (_, i) => {
      const timeout = { timeout: 1 + this.#random(4) };
      return this.one(() => call(i % 2 === 0 ? { ...timeout, signal: abort.signal } : timeout));
    });
    if (this.#random(2) === 0) await setImmediate();
    if (this.#random(3) === 0) abort.abort();
    return (await Promise.all(waits)).length;
  }
}

/** @returns how many operations that were */
export function often(call) {
  for (let i = 0; i < CHEAP; i++) call(i);
  return CHEAP;
}

/**
 * @param during called while something is held: who is to die there does
 * @returns the ways, each with the class it uses; the first CHEAP_WAYS do not wait. `emptyPocket` gives back what is held
 *   from one round to the next.
 */
export function waysOf({ objects, books, worker, random, attempts, during = () => {} }) {
  const { semaphore, mutex, rwlock, condition, signal, event, latch, barrier, bounded, rate } = objects;

  /** A permit that is kept from one round to the next, for what is held to be more than nothing. */
  let pocket;

  function leave(hold) {
    during();
    hold[Symbol.dispose]();
  }

  /** Enters what passes at the signal. */
  function take(call) {
    books.open(worker, 'TAKING');
    if (call()) books.add('TAKEN', 1);
    books.open(worker, 'TAKING', -1);
  }

  async function takeAsync(options) {
    books.open(worker, 'TAKING');
    try {
      await signal.wait(options);
      books.add('TAKEN', 1);
    } finally {
      books.open(worker, 'TAKING', -1);
    }
  }

  function post(count) {
    books.open(worker, 'POSTING', count);
    signal.post(count);
    books.add('POSTED', count);
    books.open(worker, 'POSTING', -count);
  }

  function countDown() {
    books.open(worker, 'COUNTING');
    latch.countDown();
    books.add('COUNTED', 1);
    books.open(worker, 'COUNTING', -1);
  }

  function takesAndPosts() {
    // No more than are taken, or nobody ever waited.
    return often((i) => (i % 2 === 0 && signal.count < 8 ? post(1 + (i % 4)) : take(() => signal.tryWait())));
  }

  function pockets() {
    pocket?.release();
    pocket = semaphore.tryAcquire();
    return 2;
  }

  function semaphoreBlocks() {
    attempts.oneSync(() =>
      leave(semaphore.acquireSync({ permits: 1 + random(3), priority: random(8), timeout: random(3) })),
    );
    return 1;
  }

  function semaphoreWaits() {
    return attempts.crowd(async (options) => {
      leave(await semaphore.acquire({ ...options, permits: 1 + random(3), priority: random(8) }));
    });
  }

  /** Where few may wait: never more than so many stand there. */
  async function isRefused() {
    const { maxWaiting } = bounded;
    attempts.oneSync(() => leave(bounded.acquireSync({ timeout: random(3) })));
    const done = await attempts.crowd(async (options) => {
      // Who was granted and then put back, for its thread blocked, has had its place; here all threads block now and then.
      const wait = bounded.acquire({ ...options, priority: random(8) });
      if (bounded.waiting > 2 * maxWaiting) throw new Error(`${bounded.waiting} wait where ${maxWaiting} may`);
      leave(await wait);
    });
    return 1 + done;
  }

  async function locks() {
    attempts.oneSync(() => leave(mutex.lockSync({ priority: random(3), timeout: random(3) })));
    return 1 + (await attempts.crowd(async (options) => leave(await mutex.lock({ ...options, priority: random(3) }))));
  }

  async function readsAndWrites() {
    attempts.oneSync(() => leave(rwlock.readSync({ timeout: random(3) })));
    attempts.oneSync(() => leave(rwlock.writeSync({ priority: random(3), timeout: random(3) })));
    await attempts.crowd(async (options) => leave(await rwlock.read({ ...options, priority: random(3) })));
    return 2 + (await attempts.crowd(async (options) => leave((await rwlock.write(options)).downgrade())));
  }

  async function conditions() {
    const guard = mutex.tryLock();
    if (guard === undefined) return condition.notify(1 + random(3));
    attempts.oneSync(() => condition.waitSync(guard, { timeout: random(3) }));
    // A mutex that was closed meanwhile could not be locked again.
    if (!guard.locked) return 1;
    await attempts.one(() => condition.wait(guard, { timeout: 1 + random(2) }));
    condition.notifyAll();
    leave(guard);
    return 3;
  }

  async function signals() {
    take(() => attempts.oneSync(() => signal.waitSync({ timeout: random(3) })));
    return 1 + (await attempts.crowd(takeAsync));
  }

  async function events() {
    attempts.oneSync(() => event.waitSync({ timeout: random(3) }));
    return 1 + (await attempts.crowd((options) => event.wait(options)));
  }

  async function latches() {
    attempts.oneSync(() => latch.waitSync({ timeout: random(2) }));
    return 1 + (await attempts.crowd((options) => latch.wait(options)));
  }

  async function barriers() {
    if (random(8) === 0) barrier.reset();
    attempts.oneSync(() => barrier.waitSync({ timeout: random(4) }));
    return 1 + (await attempts.crowd((options) => barrier.wait(options)));
  }

  async function draws() {
    rate.tryAcquire();
    attempts.oneSync(() => rate.acquireSync({ permits: 1 + random(3), timeout: random(4) }));
    return 2 + (await attempts.crowd((options) => rate.acquire({ ...options, permits: 1 + random(3) })));
  }

  const ways = [
    ['Semaphore', () => often((i) => semaphore.tryAcquire(1 + (i % 3))?.release())],
    ['Mutex', () => often(() => mutex.tryLock()?.unlock())],
    [
      'RwLock',
      () => often((i) => (i % 3 === 0 ? rwlock.tryWrite()?.downgrade().unlock() : rwlock.tryRead()?.unlock())),
    ],
    ['Signal', takesAndPosts],
    ['Event', () => often((i) => (i % 2 === 0 ? event.set() : event.reset()))],
    ['Latch', () => often(countDown)],
    ['Semaphore', pockets],
    ['Semaphore', semaphoreBlocks],
    ['Semaphore', semaphoreWaits],
    ['Semaphore', isRefused],
    ['Mutex', locks],
    ['RwLock', readsAndWrites],
    ['Condition', conditions],
    ['Signal', signals],
    ['Event', events],
    ['Latch', latches],
    ['Barrier', barriers],
    ['RateLimit', draws],
  ].map(([kind, go]) => ({ kind, go }));
  return { ways, emptyPocket: () => pocket?.release() };
}
