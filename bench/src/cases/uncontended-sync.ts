/** One thread takes a permit and gives it back, without waiting, while nobody else wants it. */
import { type Case, cannot, type Entry } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { ASYNC_ONLY, MULTITHREADING_SINCE } from '../subjects/lock.js';

/** A subject by the loop a user would write, in full: an interface in between would be measured with it. */
function loop(make: () => Promise<(n: number) => void>): Entry {
  return { way: { run: async () => nsPerOperation(await make()) } };
}

function floor(what: string): Entry {
  return { way: { floor: () => ['uncontended', what] } };
}

export const uncontendedSync: Case = {
  id: 'uncontended-sync',
  title: 'Uncontended, sync: take and give back',
  about:
    'One thread, one semaphore of one permit, nobody else. Batches of at least 5 ms. It says what a lock costs where ' +
    'there is no contention, and nothing of what happens under it.',
  points: [{}],
  metrics: { time: { unit: 'ns', title: 'take and give back', better: 'less' } },
  subjects: {
    ours: loop(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = new Semaphore(1);
      return (n) => {
        for (let i = 0; i < n; i++) semaphore.tryAcquire()?.release();
      };
    }),
    'ours-mutex': loop(async () => {
      const { Mutex } = await import('@eventfd/semaphore');
      const mutex = new Mutex();
      return (n) => {
        for (let i = 0; i < n; i++) mutex.tryLock()?.unlock();
      };
    }),
    'ours-tracked': {
      quick: false,
      ...loop(async () => {
        const { Semaphore } = await import('@eventfd/semaphore');
        const semaphore = new Semaphore(1, { trackHolders: true });
        return (n) => {
          for (let i = 0; i < n; i++) semaphore.tryAcquire()?.release();
        };
      }),
    },
    'wasm-alone': loop(async () => {
      const { wasmAlone } = await import('../subjects/wasm-alone.js');
      const { functions, cell, slot } = await wasmAlone(1);
      return (n) => {
        for (let i = 0; i < n; i++) {
          if (functions.tryAcquire(cell, slot, 1) === 1) functions.release(cell, slot, 1);
        }
      };
    }),
    'glibc-sem': floor('sem'),
    'glibc-mutex': { ...floor('mutex'), quick: false },
    atomics: loop(async () => {
      const { AtomicsSemaphore } = await import('../subjects/atomics.js');
      const semaphore = new AtomicsSemaphore(AtomicsSemaphore.share(1));
      return (n) => {
        for (let i = 0; i < n; i++) if (semaphore.tryAcquire()) semaphore.release();
      };
    }),
    multithreading: {
      since: MULTITHREADING_SINCE,
      ...loop(async () => {
        const { Semaphore } = await import('multithreading');
        const semaphore = new Semaphore(1);
        return (n) => {
          for (let i = 0; i < n; i++) semaphore.tryAcquire()?.dispose();
        };
      }),
    },
    'c-eventfd': { ...floor('eventfd'), quick: false },
    'naive-eventfd': {
      quick: false,
      ...loop(async () => {
        const { makeNaive } = await import('../subjects/naive.js');
        const semaphore = makeNaive(1);
        return (n) => {
          for (let i = 0; i < n; i++) semaphore.tryAcquire()?.release();
        };
      }),
    },
    koffi: {
      quick: false,
      ...loop(async () => {
        const { KoffiEventfd } = await import('../subjects/koffi.js');
        const semaphore = new KoffiEventfd(KoffiEventfd.share(1));
        return (n) => {
          for (let i = 0; i < n; i++) {
            semaphore.acquireSync();
            semaphore.release();
          }
        };
      }),
    },
    'web-locks': cannot(ASYNC_ONLY),
    mortice: cannot(ASYNC_ONLY),
    'async-mutex': cannot(ASYNC_ONLY),
    noop: loop(async () => {
      // A counter of this thread alone: what the loop and a property cost.
      const state = { held: 0 };
      return (n) => {
        for (let i = 0; i < n; i++) {
          state.held++;
          state.held--;
        }
      };
    }),
  },
};
