/**
 * The table of lock-like classes: one adapter each, the same for tests and for the workers they start. A class is
 * added here, and in the types beside; every contract, fault and stress test then runs over it.
 */
import { Mutex, RwLock, Semaphore } from '@eventfd/semaphore';

function semaphore(limit, options = {}) {
  const { fair = false } = options;
  return {
    limit,
    fair,
    weighted: true,
    findsDeadlock: false,
    make: (name, more) => new Semaphore(limit, { ...options, ...more, name }),
    from: (posted) => Semaphore.from(posted),
    tryAcquire: (lock, permits) => lock.tryAcquire(permits),
    acquireSync: (lock, waiting) => lock.acquireSync(waiting),
    acquire: (lock, waiting) => lock.acquire(waiting),
    release: (hold) => hold.release(),
    run: (lock, fn, waiting) => lock.run(fn, waiting),
    runSync: (lock, fn, waiting) => lock.runSync(fn, waiting),
    free: (lock) => lock.available,
  };
}

function mutex(options = {}) {
  const { fair = false } = options;
  return {
    limit: 1,
    fair,
    weighted: false,
    findsDeadlock: true,
    make: (name, more) => new Mutex({ ...options, ...more, name }),
    from: (posted) => Mutex.from(posted),
    tryAcquire: (lock) => lock.tryLock(),
    acquireSync: (lock, waiting) => lock.lockSync(waiting),
    acquire: (lock, waiting) => lock.lock(waiting),
    release: (hold) => hold.unlock(),
    run: (lock, fn, waiting) => lock.run(fn, waiting),
    runSync: (lock, fn, waiting) => lock.runSync(fn, waiting),
    free: (lock) => (lock.locked ? 0 : 1),
  };
}

function rwlock(options = {}) {
  return {
    limit: 1,
    // A writer wants all permits, and who wants several is never overtaken.
    fair: true,
    weighted: false,
    findsDeadlock: false,
    make: (name, more) => new RwLock({ ...options, ...more, name }),
    from: (posted) => RwLock.from(posted),
    tryAcquire: (lock) => lock.tryWrite(),
    acquireSync: (lock, waiting) => lock.writeSync(waiting),
    acquire: (lock, waiting) => lock.write(waiting),
    release: (hold) => hold.unlock(),
    run: (lock, fn, waiting) => lock.run(fn, waiting),
    runSync: (lock, fn, waiting) => lock.runSync(fn, waiting),
    free: (lock) => (lock.writing || lock.readers > 0 ? 0 : 1),
  };
}

export const locks = {
  'Semaphore(1)': semaphore(1),
  'Semaphore(3)': semaphore(3),
  'fair Semaphore(1)': semaphore(1, { fair: true }),
  'fair Semaphore(3)': semaphore(3, { fair: true }),
  Mutex: mutex(),
  'fair Mutex': mutex({ fair: true }),
  'RwLock to write': rwlock(),
};
