/** What the soak does to a Realm beyond the ways of support/ways.mjs; in the same form. */
import { setImmediate } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { Condition, Latch, Mutex, RwLock, Semaphore } from '@eventfd/semaphore';
import { locks as webLocks } from '@eventfd/semaphore/web-locks';
import { EventFd } from 'eventfd';
import { CHEAP_WAYS, often, waysOf } from '../support/ways.mjs';

export const KINDS = [
  'Semaphore',
  'Mutex',
  'RwLock',
  'Condition',
  'Signal',
  'Event',
  'Latch',
  'Barrier',
  'RateLimit',
  'FdSemaphore',
  'EventFd',
  'SharedAbortController',
  'made and disposed',
  'by name',
  'web locks',
];

/** What the names of mutexes begin with that are opened by them. */
export const NAMED = 'opened by name, ';
/** What the names of controllers begin with: who looks out for an abort stands in a queue, though it is at rest. */
export const TO_ABORT = 'to abort, ';
/** So many names for all threads, so that they meet; and others, which nobody uses twice. */
const SHARED_NAMES = Array.from({ length: 4 }, (_, i) => `${NAMED}${i}`);

/** Waits that only a release ends: one that is lost leaves somebody here for good. */
function endlessWays({ endless, books, worker, random, during }) {
  const { semaphore, mutex, rwlock, signal } = endless;
  const several = (call) => Promise.all(Array.from({ length: 1 + random(4) }, call));

  function leave(hold) {
    during();
    hold[Symbol.dispose]();
  }

  async function handOver() {
    const sync = random(2) === 0;
    const hands = sync ? 1 : 1 + random(4);
    books.open(worker, 'HANDING', hands);
    signal.post(hands);
    if (sync) signal.waitSync();
    else await Promise.all(Array.from({ length: hands }, () => signal.wait()));
    books.open(worker, 'HANDING', -hands);
    return 2 * hands;
  }

  return [
    ['Semaphore', () => often(() => leave(semaphore.acquireSync({ permits: 1 + random(2), priority: random(8) })))],
    [
      'Semaphore',
      async () =>
        (await several(async () => leave(await semaphore.acquire({ permits: 1 + random(2), priority: random(8) }))))
          .length,
    ],
    ['Mutex', () => often(() => leave(mutex.lockSync()))],
    ['Mutex', async () => (await several(async () => leave(await mutex.lock({ priority: random(8) })))).length],
    ['RwLock', () => often((i) => leave(i % 4 === 0 ? rwlock.writeSync() : rwlock.readSync()))],
    [
      'RwLock',
      async () => (await several(async (_, i) => leave(await (i === 1 ? rwlock.write() : rwlock.read())))).length,
    ],
    ['Signal', handOver],
  ];
}

function kernelWays({ kernel, books, worker, random, attempts, during }) {
  const { limit, flow } = kernel;

  /** One permit, drawn by `call` and put back; or none, in time. */
  function draw(call) {
    books.open(worker, 'DRAWING');
    attempts.oneSync(() => {
      const permit = call();
      during();
      permit?.release();
    });
    books.open(worker, 'DRAWING', -1);
  }

  async function drawAsync(options) {
    books.open(worker, 'DRAWING');
    // Who dies while it holds the permit leaves the entry open, by whatever way it goes.
    const permit = await limit.acquire(options).catch((error) => {
      books.open(worker, 'DRAWING', -1);
      throw error;
    });
    during();
    permit.release();
    books.open(worker, 'DRAWING', -1);
  }

  function write(count) {
    books.open(worker, 'WRITING', count);
    flow.eventfd.writeSync(count);
    books.add('WRITTEN', count);
    books.open(worker, 'WRITING', -count);
  }

  async function read(call) {
    books.open(worker, 'READING');
    try {
      if ((await call()) !== undefined) books.add('READ', 1);
    } finally {
      books.open(worker, 'READING', -1);
    }
  }

  function readSync(call) {
    books.open(worker, 'READING');
    attempts.oneSync(() => {
      if (call() !== undefined) books.add('READ', 1);
    });
    books.open(worker, 'READING', -1);
  }

  function tries() {
    for (let i = 0; i < 10; i++) draw(() => limit.tryAcquire());
    draw(() => limit.acquireSync({ timeout: random(3) }));
    return 11;
  }

  async function reads() {
    const { eventfd } = flow;
    write(1 + random(4));
    readSync(() => eventfd.tryRead());
    readSync(() => eventfd.readSync({ timeout: random(3) }));
    attempts.oneSync(() => EventFd.select([eventfd, limit.eventfd], { timeout: random(2) }));
    await attempts.one(() => EventFd.selectAsync([eventfd, limit.eventfd], { timeout: 1 + random(2) }));
    return 5 + (await attempts.crowd((options) => read(() => eventfd.read(options))));
  }

  return [
    ['FdSemaphore', tries],
    ['FdSemaphore', () => attempts.crowd(drawAsync)],
    ['EventFd', reads],
  ];
}

/** Signals that any thread aborts, once; others wait with them, blocked and not. */
function abortWays({ objects, controllers, worker, random, attempts, during }) {
  const { semaphore, rate } = objects;
  const any = () => controllers[random(controllers.length)];

  async function waits() {
    const { signal } = any();
    attempts.oneSync(() => semaphore.acquireSync({ signal, permits: 7, timeout: random(3) }).release());
    attempts.oneSync(() => rate.acquireSync({ signal, timeout: random(3) }));
    await attempts.one(async () => (await semaphore.acquire({ signal, permits: 7, timeout: 1 + random(3) })).release());
    return 3;
  }

  function aborts() {
    during();
    if (random(30) === 0) any().abort(Object.assign(new Error(`worker ${worker}`), { name: 'AbortError' }));
    during();
    return 1;
  }

  /** What has aborted, this thread's signal says so, and why. */
  async function hears() {
    const controller = any();
    const { signal } = controller;
    if (!controller.aborted) return 1;
    for (let turns = 0; turns < 3 && !signal.aborted; turns++) await setImmediate();
    // Of one that was disposed of in between nobody hears.
    if (semaphore.closed) return 1;
    if (!signal.aborted) throw new Error(`${controller} has aborted, and its signal has not`);
    if (signal.reason?.name !== 'AbortError') throw new Error(`${controller} was aborted for no reason`);
    return 1;
  }

  return [
    ['SharedAbortController', waits],
    ['SharedAbortController', aborts],
    ['SharedAbortController', hears],
  ];
}

/** Objects of the thread's own, which come and go. `making` is told how many more there are about to be, or fewer. */
function makingWays({ making, random }) {
  function sharedObjects() {
    making(4);
    const mutex = new Mutex();
    const made = [mutex, new Condition(mutex), new Semaphore(2), random(2) === 0 ? new RwLock() : new Latch(1)];
    const [, condition, semaphore, object] = made;
    semaphore.acquireSync({ permits: 2 }).release();
    mutex.runSync(() => condition.notify());
    if (object instanceof Latch) object.arriveAndWaitSync();
    else object.writeSync().unlock();
    for (const each of made) each[Symbol.dispose]();
    making(-4);
    return made.length;
  }

  function descriptors() {
    const eventfd = new EventFd(1);
    eventfd.writeSync(2);
    eventfd.readSync();
    eventfd.close();
    return 1;
  }

  return [
    ['made and disposed', sharedObjects],
    ['made and disposed', descriptors],
  ];
}

/** Mutexes by their names, in whichever realm: each is opened, used and let go of at once. */
function namedWays({ random, during }) {
  let unused = 0;
  function shared() {
    const mutex = Mutex.open(SHARED_NAMES[random(SHARED_NAMES.length)]);
    const guard = mutex.lockSync();
    during();
    guard.unlock();
    // What is not disposed of is collected.
    if (random(2) === 0) mutex[Symbol.dispose]();
  }
  function inTurn() {
    const mutex = Mutex.open(`${NAMED}${threadId} ${unused++}`);
    mutex.tryLock()?.unlock();
    mutex[Symbol.dispose]();
  }
  return [
    ['by name', () => often(shared)],
    ['by name', () => often(inTurn)],
  ];
}

/** Web Locks, some of which are stolen, and of names that nobody uses twice. */
function webLockWays({ random, during }) {
  let unused = 0;
  const inside = () => (random(2) === 0 ? during() : setImmediate());
  const unlessStolen = (error) => {
    if (error.name !== 'AbortError') throw error;
  };
  async function shared() {
    const name = `${random(4)}`;
    const requests = [
      webLocks.request(name, inside),
      webLocks.request(name, { mode: 'shared' }, inside),
      webLocks.request(name, { ifAvailable: true }, inside),
      webLocks.request(name, { timeout: random(5) }, inside),
      random(16) === 0 ? webLocks.request(name, { steal: true }, inside) : undefined,
    ];
    await Promise.all(
      requests.map((each) =>
        each?.catch((error) => {
          if (error.code !== 'ERR_TIMEOUT') unlessStolen(error);
        }),
      ),
    );
    return requests.length;
  }
  async function inTurn() {
    for (let i = 0; i < 100; i++) await webLocks.request(`${threadId} ${unused++}`, () => {});
    return 100;
  }
  return [
    ['web locks', shared],
    ['web locks', inTurn],
  ];
}

/** All ways there are: those that do not wait, and the others. */
export function realmWays(stage) {
  const { ways, emptyPocket } = waysOf(stage);
  const cheap = ways.slice(0, CHEAP_WAYS);
  const waiting = ways.slice(CHEAP_WAYS);
  for (const more of [endlessWays, kernelWays, abortWays, makingWays, namedWays, webLockWays]) {
    waiting.push(...more(stage).map(([kind, go]) => ({ kind, go })));
  }
  return { cheap, waiting, emptyPocket };
}
