/**
 * Every class, with one adapter each, the same for tests and for the workers they start: somebody shuts it, others wait,
 * it is opened, and who waited first passes.
 */
import { Barrier, Condition, Event, Latch, Mutex, RateLimit, RwLock, Semaphore, Signal } from '@eventfd/semaphore';
import { giveBack } from '../../dist/rate-limit.js';

/** Classes that are held: to shut one is to take it, to open it to give it back. */
function lock(make, from, methods, state, { tells = false, priority } = {}) {
  const { take, pass, passSync, shut = take, leave } = methods;
  return {
    make,
    from,
    shut: (subject) => subject[shut](),
    open: (_, held) => held[leave](),
    pass: (subject, options) => subject[pass]({ ...options, priority }),
    passSync: (subject, options) => subject[passSync]({ ...options, priority }),
    leave: (_, held) => held[leave](),
    state,
    owned: true,
    tells,
    crowd: 1,
    staysOpen: false,
  };
}

/** Classes that are passed, and not held. */
function gate(make, from, open, state, { crowd = 1, staysOpen = false } = {}) {
  return {
    make,
    from,
    shut: () => undefined,
    open,
    pass: async (subject, options) => {
      await subject.wait(options);
    },
    passSync: (subject, options) => {
      subject.waitSync(options);
    },
    leave: () => {},
    state,
    owned: false,
    tells: false,
    crowd,
    staysOpen,
  };
}

const acquire = { take: 'tryAcquire', pass: 'acquire', passSync: 'acquireSync', leave: 'release' };
const semaphore = (fair) =>
  lock(
    (name) => new Semaphore(1, { fair, name }),
    Semaphore.from,
    acquire,
    ({ available, waiting }) => ({ available, waiting }),
    { priority: fair ? 3 : 0 },
  );
const mutex = () =>
  lock(
    (name) => new Mutex({ name }),
    Mutex.from,
    { take: 'tryLock', pass: 'lock', passSync: 'lockSync', leave: 'unlock' },
    ({ locked, waiting }) => ({ locked, waiting }),
    { tells: true, priority: 7 },
  );
const rwlock = (pass, passSync, tells) =>
  lock(
    (name) => new RwLock({ name }),
    RwLock.from,
    { take: 'tryWrite', pass, passSync, leave: 'unlock' },
    ({ readers, writing, waiting }) => ({ readers, writing, waiting }),
    { tells },
  );

export const subjects = {
  Semaphore: semaphore(false),
  'fair Semaphore': semaphore(true),
  Mutex: mutex(),
  'RwLock to read': rwlock('read', 'readSync', false),
  'RwLock to write': rwlock('write', 'writeSync', true),
  Condition: {
    ...gate(
      (name) => new Condition(new Mutex({ name: `${name}'s mutex` }), { name }),
      Condition.from,
      (condition) => {
        condition.notify();
      },
      ({ mutex, waiting }) => ({ locked: mutex.locked, waiting }),
    ),
    pass: async (condition, options) => {
      const guard = await condition.mutex.lock();
      try {
        await condition.wait(guard, options);
      } finally {
        guard.unlock();
      }
    },
    passSync: (condition, options) => {
      const guard = condition.mutex.lockSync();
      try {
        condition.waitSync(guard, options);
      } finally {
        guard.unlock();
      }
    },
  },
  Signal: gate(
    (name) => new Signal(0, { name }),
    Signal.from,
    (signal) => {
      signal.post();
    },
    ({ count, waiting }) => ({ count, waiting }),
  ),
  Event: gate(
    (name) => new Event({ autoReset: true, name }),
    Event.from,
    (event) => {
      event.set();
    },
    ({ isSet, waiting }) => ({ isSet, waiting }),
  ),
  Latch: gate(
    (name) => new Latch(1, { name }),
    Latch.from,
    (latch) => {
      latch.countDown();
    },
    ({ waiting }) => ({ waiting }),
    { staysOpen: true },
  ),
  Barrier: gate(
    (name) => new Barrier(3, { name }),
    Barrier.from,
    (barrier) => {
      barrier.waitSync();
    },
    ({ waiting }) => ({ waiting }),
    { crowd: 2 },
  ),
  // A permit an hour: there are none but those that it gives.
  RateLimit: {
    ...gate(
      (name) => {
        const rate = new RateLimit({ limit: 1, interval: 3_600_000, burst: 1, name });
        rate.tryAcquire();
        return rate;
      },
      RateLimit.from,
      giveBack,
      ({ available, waiting }) => ({ available, waiting }),
    ),
    pass: (rate, options) => rate.acquire(options),
    passSync: (rate, options) => rate.acquireSync(options),
  },
};
