// A worker of the application: does what it is told with the objects it was given.
import { parentPort, workerData } from 'node:worker_threads';
import { Event, Latch, Mutex, Semaphore, Signal } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';

const { task } = workerData;

const tasks = {
  /** Is inside so many times; the counters say how many were at most. */
  async limited({ semaphore, counters, rounds }) {
    const limit = Semaphore.from(semaphore);
    for (let i = 0; i < rounds; i++) {
      const permit = i % 2 === 0 ? limit.acquireSync() : await limit.acquire();
      const inside = Atomics.add(counters, 0, 1) + 1;
      if (inside > Atomics.load(counters, 1)) Atomics.store(counters, 1, inside);
      Atomics.sub(counters, 0, 1);
      permit.release();
    }
  },
  /** Answers each wake-up by one of the other kind. */
  async answer({ signal, event, latch, efd }) {
    Signal.from(signal).waitSync();
    Event.from(event).set();
    await EventFd.from(efd).read();
    Latch.from(latch).countDown();
  },
  /** Gives a permit back a while after it was waited for. */
  async grant({ semaphore }) {
    const shared = Semaphore.from(semaphore);
    while (shared.waiting === 0);
    shared.grow(1);
  },
  /** Holds a lock until it is killed, and another thread's wake-up is for nothing. */
  async hold({ mutex, signal }) {
    Mutex.from(mutex).lockSync();
    parentPort.postMessage('holds');
    Signal.from(signal).waitSync();
  },
};

await tasks[task](workerData);
