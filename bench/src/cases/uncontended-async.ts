/** One thread awaits a permit that is free, and gives it back. */
import { type Case, cannot, type Entry } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { BLOCKING_ONLY, MORTICE_SINCE, MULTITHREADING_SINCE, WEB_LOCKS_SINCE } from '../subjects/lock.js';

function loop(make: () => Promise<(n: number) => Promise<void>>, more: Partial<Entry> = {}): Entry {
  return { way: { run: async () => nsPerOperation(await make()) }, ...more };
}

export const uncontendedAsync: Case = {
  id: 'uncontended-async',
  title: 'Uncontended, async: await and give back',
  about:
    'One thread, nobody else. The floor is a loop that awaits a promise that is resolved already; all others also give ' +
    'back what they got.',
  points: [{}],
  metrics: { time: { unit: 'ns', title: 'await and give back', better: 'less' } },
  subjects: {
    ours: loop(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = new Semaphore(1);
      return async (n) => {
        for (let i = 0; i < n; i++) (await semaphore.acquire()).release();
      };
    }),
    promise: loop(async () => {
      const value = { held: 1 };
      let sum = 0;
      return async (n) => {
        for (let i = 0; i < n; i++) sum += (await Promise.resolve(value)).held;
        if (sum < 0) throw new Error('never');
      };
    }),
    'wait-async': loop(async () => {
      const { AtomicsSemaphore } = await import('../subjects/atomics.js');
      const semaphore = new AtomicsSemaphore(AtomicsSemaphore.share(1));
      return async (n) => {
        for (let i = 0; i < n; i++) {
          await semaphore.acquire();
          semaphore.release();
        }
      };
    }),
    'async-mutex': loop(async () => {
      const { Semaphore } = await import('async-mutex');
      const semaphore = new Semaphore(1);
      return async (n) => {
        for (let i = 0; i < n; i++) {
          const [, release] = await semaphore.acquire();
          release();
        }
      };
    }),
    'naive-eventfd': loop(
      async () => {
        const { makeNaive } = await import('../subjects/naive.js');
        const semaphore = makeNaive(1);
        return async (n) => {
          for (let i = 0; i < n; i++) (await semaphore.acquire()).release();
        };
      },
      { quick: false },
    ),
    'message-port': loop(
      async () => {
        const { messagePort } = await import('../subjects/semaphores.js');
        const broker = messagePort(1);
        const enter = await broker.attach((await broker.open())().payload);
        const nothing = () => {};
        return async (n) => {
          for (let i = 0; i < n; i++) await enter(nothing, false);
        };
      },
      { quick: false },
    ),
    koffi: cannot(BLOCKING_ONLY),
    multithreading: {
      since: MULTITHREADING_SINCE,
      quick: false,
      ...loop(async () => {
        const { Semaphore } = await import('multithreading');
        const semaphore = new Semaphore(1);
        return async (n) => {
          for (let i = 0; i < n; i++) (await semaphore.acquire()).dispose();
        };
      }),
    },
    mortice: {
      since: MORTICE_SINCE,
      quick: false,
      ...loop(async () => {
        const { default: mortice } = await import('mortice');
        const lock = mortice({ name: 'bench' });
        return async (n) => {
          for (let i = 0; i < n; i++) {
            const release = await lock.writeLock();
            release();
          }
        };
      }),
    },
    'web-locks': {
      since: WEB_LOCKS_SINCE,
      quick: false,
      ...loop(async () => {
        const { webLocks } = await import('../subjects/lock.js');
        const nothing = () => {};
        return async (n) => {
          for (let i = 0; i < n; i++) await webLocks().request('bench', nothing);
        };
      }),
    },
  },
};
