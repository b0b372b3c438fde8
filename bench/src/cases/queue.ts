/** What a grant costs when many wait. */
import { type Case, cannot, type Entry, type Figures, type Point } from '../harness/types.js';
import { now } from '../measure/clock.js';
import { BLOCKING_ONLY, MORTICE_SINCE, MULTITHREADING_SINCE, WEB_LOCKS_SINCE } from '../subjects/lock.js';

/**
 * Queues up: acquires, and gives back at once when it has it. Settles when it has given back. `share` of the crowd, less than 1, has
 * come before it.
 */
type Wait = (share: number) => Promise<void>;

interface Queue {
  readonly wait: Wait;
  /** Takes the one permit; the result gives it back, and so begins the chain. */
  hold(): Promise<() => void>;
}

/** As many grants as this in all, so that small queues are measured as long as large ones. */
const GRANTS = 100_000;

async function drain(queue: Queue, waiters: number): Promise<{ grant: number; enter: number }> {
  const letGo = await queue.hold();
  const start = now();
  const waits = Array.from({ length: waiters }, (_, i) => queue.wait(i / waiters));
  const queued = now();
  letGo();
  await Promise.all(waits);
  return { enter: ((queued - start) * 1e6) / waiters, grant: ((now() - queued) * 1e6) / waiters };
}

async function run(make: () => Promise<Queue>, { waiters = 1000 }: Point): Promise<Figures> {
  const queue = await make();
  // Atomics.waitAsync does not keep a loop alive.
  const alive = setInterval(() => {}, 1e6);
  for (let i = 0; i < 10; i++) await drain(queue, 200);
  const times = Math.max(1, Math.round(GRANTS / waiters / 4));
  const all = [];
  for (let i = 0; i < times; i++) all.push(await drain(queue, waiters));
  clearInterval(alive);
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return { grant: middle(all.map(({ grant }) => grant)), enter: middle(all.map(({ enter }) => enter)) };
}

/** What they show is in the first two: their lines are flat, or they are not. */
const PEER_ROUNDS = 2;

/** Fills the queue and drains it, for the costs of both by waiter. */
export function drained(make: () => Promise<Queue>, more: Partial<Entry> = {}): Entry {
  return { way: { run: (point) => run(make, point) }, quick: false, ...more };
}

/** How it is measured, whoever stands in the queue. */
export const ofACrowd = {
  quickPoints: [1000, 100_000].map((waiters) => ({ waiters })),
  rounds: 5,
  deadline: 20_000,
  metrics: {
    grant: { unit: 'ns', title: 'a grant', better: 'less' },
    enter: { unit: 'ns', title: 'to queue up', better: 'less' },
  },
} satisfies Partial<Case>;

export const queue: Case = {
  id: 'queue',
  title: 'Queue: the cost of a grant when many wait',
  about:
    'So many promises wait for one permit on one thread; each gives it back as soon as it has it. The time from the ' +
    'first release to the last grant, by waiter. A lock whose grant costs grow with its queue shows a rising line. ' +
    'One thread only, so that async-mutex can take part: it has no threads to wake.',
  points: [1000, 10_000, 100_000].map((waiters) => ({ waiters })),
  ...ofACrowd,
  subjects: {
    ours: drained(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = new Semaphore(1);
      return {
        wait: async () => (await semaphore.acquire()).release(),
        hold: async () => {
          const permit = await semaphore.acquire();
          return () => permit.release();
        },
      };
    }),
    'async-mutex': drained(async () => {
      const { Semaphore } = await import('async-mutex');
      const semaphore = new Semaphore(1);
      return {
        wait: async () => (await semaphore.acquire())[1](),
        hold: async () => (await semaphore.acquire())[1],
      };
    }),
    'wait-async': drained(async () => {
      const { AtomicsSemaphore } = await import('../subjects/atomics.js');
      const semaphore = new AtomicsSemaphore(AtomicsSemaphore.share(1));
      return {
        wait: async () => {
          await semaphore.acquire();
          semaphore.release();
        },
        hold: async () => {
          await semaphore.acquire();
          return () => semaphore.release();
        },
      };
    }),
    'naive-eventfd': drained(
      async () => {
        const { makeNaive } = await import('../subjects/naive.js');
        const semaphore = makeNaive(1);
        return {
          wait: async () => (await semaphore.acquire()).release(),
          hold: async () => {
            const permit = await semaphore.acquire();
            return () => permit.release();
          },
        };
      },
      { rounds: PEER_ROUNDS },
    ),
    multithreading: drained(
      async () => {
        const { Semaphore } = await import('multithreading');
        const semaphore = new Semaphore(1);
        return {
          wait: async () => (await semaphore.acquire()).dispose(),
          hold: async () => {
            const guard = await semaphore.acquire();
            return () => guard.dispose();
          },
        };
      },
      { since: MULTITHREADING_SINCE, rounds: PEER_ROUNDS },
    ),
    koffi: cannot(BLOCKING_ONLY),
    'web-locks': drained(
      async () => {
        const { webLocks } = await import('../subjects/lock.js');
        return {
          wait: async () => {
            await webLocks().request('bench', () => {});
          },
          hold: () =>
            new Promise((held) => {
              void webLocks().request('bench', () => new Promise<void>((letGo) => held(letGo)));
            }),
        };
      },
      { since: WEB_LOCKS_SINCE, rounds: PEER_ROUNDS, at: ({ waiters = 0 }) => waiters <= 10_000 },
    ),
    mortice: drained(
      async () => {
        const { default: create } = await import('mortice');
        const lock = create({ name: 'bench' });
        return { wait: async () => (await lock.writeLock())(), hold: () => lock.writeLock() };
      },
      { since: MORTICE_SINCE, rounds: PEER_ROUNDS, at: ({ waiters = 0 }) => waiters <= 10_000 },
    ),
  },
};
