/** What a wait costs when many other objects are waited for. */
import type { Case, Figures, Point } from '../harness/types.js';
import { now } from '../measure/clock.js';

/** Waits that are measured, in turn on so many objects of their own: one alone may stand in a lucky place. */
const WAITS = 20_000;
const OBJECTS = 256;

interface Lock {
  acquire(): Promise<() => void>;
}

async function run(make: () => Promise<(permits: number) => Lock>, { queues = 0 }: Point): Promise<Figures> {
  const create = await make();
  const others = Array.from({ length: queues }, () => create(0));
  const pending = others.map((lock) => lock.acquire());
  const locks = Array.from({ length: OBJECTS }, () => create(1));
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
  if (pending.length !== queues) throw new Error('the waits must be kept until here');
  return { wait: (took * 1e6) / WAITS };
}

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
    ours: {
      way: {
        run: (point) =>
          run(async () => {
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
          }, point),
      },
      quick: false,
    },
    'async-mutex': {
      way: {
        run: (point) =>
          run(async () => {
            const { Semaphore } = await import('async-mutex');
            return (permits) => {
              const semaphore = new Semaphore(permits);
              return { acquire: async () => (await semaphore.acquire())[1] };
            };
          }, point),
      },
      quick: false,
    },
  },
};
