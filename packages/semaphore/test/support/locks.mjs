/**
 * The table of lock-like classes: one adapter each, the same for tests and for the workers they start. A class is
 * added here, and in the types beside; every contract, fault and stress test then runs over it.
 */
import { Semaphore } from '@eventfd/semaphore';

function semaphore(limit, options = {}) {
  const { fair = false } = options;
  return {
    limit,
    fair,
    weighted: true,
    make: (name) => new Semaphore(limit, { ...options, name }),
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

export const locks = {
  'Semaphore(1)': semaphore(1),
  'Semaphore(3)': semaphore(3),
  'fair Semaphore(1)': semaphore(1, { fair: true }),
  'fair Semaphore(3)': semaphore(3, { fair: true }),
};
