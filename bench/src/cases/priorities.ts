/** What a grant costs when many wait, and some of them before others. */
import { type Case, cannot } from '../harness/types.js';
import { drained, ofACrowd } from './queue.js';

const LEVELS = 8;
const NONE = cannot('no priorities');

/** Each as often, the lowest first: so whoever comes with the next goes before all that came before. */
const priorityOf = (share: number): number => Math.floor(share * LEVELS);

export const priorities: Case = {
  id: 'priorities',
  title: 'Priorities: the cost of a grant when many wait',
  about:
    'As the case of a queue, with the priorities 0 to 7; the lowest come first, so each crowd goes before those that came before it. ' +
    'A lock that looks for the place of who comes, or for who is next, shows a rising line. (Where priorities come mixed, who ' +
    'is next lies elsewhere in memory: with 100,000 waiters a grant then takes twice as long, by what the caches lack.)',
  points: [100, 1000, 10_000, 100_000].map((waiters) => ({ waiters })),
  ...ofACrowd,
  subjects: {
    ours: drained(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = new Semaphore(1);
      return {
        wait: async (share) => (await semaphore.acquire({ priority: priorityOf(share) })).release(),
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
        wait: async (share) => (await semaphore.acquire(1, priorityOf(share)))[1](),
        hold: async () => (await semaphore.acquire())[1],
      };
    }),
    'wait-async': NONE,
    'naive-eventfd': NONE,
    multithreading: NONE,
    koffi: NONE,
    'web-locks': NONE,
    mortice: NONE,
  },
};
