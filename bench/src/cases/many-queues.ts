/** What a wait costs when many other objects are waited for. */
import { type Case, cannot, type Entry, type Figures, type Point } from '../harness/types.js';
import { now } from '../measure/clock.js';
import { BLOCKING_ONLY, MULTITHREADING_SINCE, WEB_LOCKS_SINCE } from '../subjects/lock.js';

/** Waits that are measured, in turn on so many objects of their own: one alone may stand in a lucky place. */
const WAITS = 20_000;
const OBJECTS = 256;
/** They take seconds each. */
const PEER_ROUNDS = 2;

interface Lock {
  acquire(): Promise<() => void>;
}

type Create = (permits: number) => Lock;

async function run(make: () => Promise<Create>, { queues = 0 }: Point): Promise<Figures> {
  const create = await make();
  const others = Array.from({ length: queues }, () => create(0));
  const pending = others.map((lock) => lock.acquire());
  const locks = Array.from({ length: OBJECTS }, () => create(1));
  // Atomics.waitAsync and Web Locks do not keep a loop alive.
  const alive = setInterval(() => {}, 1e6);
  const held = await Promise.all(locks.map((lock) => lock.acquire()));
  const pass = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const at = i % OBJECTS;
      const next = (locks[at] as Lock).acquire();
      (held[at] as () => void)();
      held[at] = await next;
    }
  };
  await pass(WAITS / 4);
  const start = now();
  await pass(WAITS);
  const took = now() - start;
  clearInterval(alive);
  if (pending.length !== queues) throw new Error('the waits must be kept until here');
  return { wait: (took * 1e6) / WAITS };
}

const entry = (make: () => Promise<Create>, more: Partial<Entry> = {}): Entry => ({
  way: { run: (point) => run(make, point) },
  quick: false,
  ...more,
});

export const manyQueues: Case = {
  id: 'many-queues',
  title: 'Many queues: the cost of a wait when many objects are waited for',
  about:
    'So many objects are waited for by a promise each, and meanwhile one thread waits for another object and is served, again ' +
    'and again. Where queues are looked up, the look must not grow with their number. One thread only.',
  points: [1000, 160_000].map((queues) => ({ queues })),
  rounds: 5,
  deadline: 60_000,
  metrics: { wait: { unit: 'ns', title: 'a wait', better: 'less' } },
  subjects: {
    ours: entry(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      return (permits) => {
        const semaphore = new Semaphore(permits, { max: 1 });
        return {
          acquire: async () => {
            const permit = await semaphore.acquire();
            return () => permit.release();
          },
        };
      };
    }),
    'async-mutex': entry(async () => {
      const { Semaphore } = await import('async-mutex');
      return (permits) => {
        const semaphore = new Semaphore(permits);
        return { acquire: async () => (await semaphore.acquire())[1] };
      };
    }),
    'wait-async': entry(async () => {
      const { AtomicsSemaphore } = await import('../subjects/atomics.js');
      return (permits) => {
        const semaphore = new AtomicsSemaphore(AtomicsSemaphore.share(permits));
        return {
          acquire: async () => {
            await semaphore.acquire();
            return () => semaphore.release();
          },
        };
      };
    }),
    multithreading: entry(
      async () => {
        const { Semaphore } = await import('multithreading');
        return (permits) => {
          const semaphore = new Semaphore(permits);
          return {
            acquire: async () => {
              const guard = await semaphore.acquire();
              return () => guard.dispose();
            },
          };
        };
      },
      { since: MULTITHREADING_SINCE, rounds: PEER_ROUNDS },
    ),
    'web-locks': entry(
      async () => {
        const { webLocks } = await import('../subjects/lock.js');
        let made = 0;
        return (permits) => {
          const name = `bench ${made++}`;
          const acquire = () =>
            new Promise<() => void>((held) => {
              void webLocks().request(name, () => new Promise<void>((letGo) => held(letGo)));
            });
          // One without a permit is one that somebody holds for good.
          if (permits === 0) void acquire();
          return { acquire };
        };
      },
      // Its cost grows with the square.
      { since: WEB_LOCKS_SINCE, rounds: PEER_ROUNDS, at: ({ queues = 0 }) => queues <= 1000 },
    ),
    mortice: cannot('its locks are kept by name, and none is freed by itself: not meant for so many'),
    'naive-eventfd': cannot('a descriptor each: a process has room for thousands'),
    koffi: cannot(BLOCKING_ONLY),
  },
};
