/** What a waiter takes while it waits. */
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { now } from '../measure/clock.js';
import { collector } from '../measure/collect.js';
import { BLOCKING_ONLY, MORTICE_SINCE, MULTITHREADING_SINCE, WEB_LOCKS_SINCE, webLocks } from '../subjects/lock.js';

const WAITERS = 100_000;
/** For Web Locks, whose cost grows with the square. */
const FEWER = 2000;

/** Waits for a permit that never comes. */
type Wait = () => Promise<unknown>;

async function run(make: () => Promise<Wait>, waiters: number): Promise<Figures> {
  const wait = await make();
  const collect = collector();
  const look = () => {
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heap: heapUsed + external, rss };
  };
  // What the first waits load and compile is no waiter's.
  const waits = Array.from({ length: 100 }, () => wait());
  const before = look();
  const start = now();
  for (let i = 0; i < waiters; i++) waits.push(wait());
  const took = now() - start;
  // Some pass their waits on in the next turn of the loop.
  await new Promise(setImmediate);
  const after = look();
  if (waits.length !== waiters + 100) throw new Error('the waits must be kept until here');
  return {
    heap: (after.heap - before.heap) / waiters,
    grown: (after.rss - before.rss) / waiters,
    enter: (took * 1e6) / waiters,
  };
}

function entry(make: () => Promise<Wait>, more: Partial<Entry> = {}, waiters = WAITERS): Entry {
  return { way: { run: () => run(make, waiters) }, quick: false, ...more };
}

export const waiters: Case = {
  id: 'memory-waiter',
  title: `Memory: ${WAITERS / 1000},000 waiters`,
  about:
    'As many promises wait on one thread for one permit that does not come. The JavaScript heap and what hangs on it, after a ' +
    'garbage collection, with the promise and the place in an array that keeps it; what the process (resident) grew by, which ' +
    `also has what was garbage. (Web Locks: ${FEWER}, since their cost grows with the square.) What blocks ` +
    'instead takes a thread, beside which its place in a queue is nothing.',
  points: [{}],
  rounds: 3,
  metrics: {
    heap: { unit: 'bytes', title: 'heap', better: 'less' },
    grown: { unit: 'bytes', title: 'growth of the process', better: 'less' },
    enter: { unit: 'ns', title: 'to queue up', better: 'less' },
  },
  subjects: {
    ours: entry(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = new Semaphore(0);
      return () => semaphore.acquire();
    }),
    'naive-eventfd': entry(async () => {
      const { makeNaive } = await import('../subjects/naive.js');
      const semaphore = makeNaive(0);
      return () => semaphore.acquire();
    }),
    'wait-async': entry(async () => {
      const { AtomicsSemaphore } = await import('../subjects/atomics.js');
      const semaphore = new AtomicsSemaphore(AtomicsSemaphore.share(0));
      return () => semaphore.acquire();
    }),
    multithreading: entry(
      async () => {
        const { Semaphore } = await import('multithreading');
        const semaphore = new Semaphore(0);
        return () => semaphore.acquire();
      },
      { since: MULTITHREADING_SINCE },
    ),
    'async-mutex': entry(async () => {
      const { Semaphore } = await import('async-mutex');
      const semaphore = new Semaphore(0);
      return () => semaphore.acquire();
    }),
    'web-locks': entry(
      async () => {
        await new Promise<void>((held) => {
          void webLocks().request('bench', () => {
            held();
            return new Promise(() => {});
          });
        });
        return () => webLocks().request('bench', () => {});
      },
      { since: WEB_LOCKS_SINCE },
      FEWER,
    ),
    mortice: entry(
      async () => {
        const { default: create } = await import('mortice');
        const lock = create({ name: 'bench' });
        await lock.writeLock();
        return () => lock.writeLock();
      },
      { since: MORTICE_SINCE },
    ),
    koffi: cannot(BLOCKING_ONLY),
  },
};
