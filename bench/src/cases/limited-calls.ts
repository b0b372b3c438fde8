/** What a limit costs a task that does nothing: one thread, since the peers know no other. */
import { type Case, cannot, type Entry } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { now } from '../measure/clock.js';

const LIMIT = 10;
/** So many tasks at once: most of them wait. */
const CROWD = 100;

const LOCKS = cannot('a lock, and nothing that runs tasks under a limit');

type Run = (task: () => Promise<number>) => Promise<number>;

/** @param few how many tasks are timed, once, where the usual number would take minutes */
function crowds(make: () => Promise<Run>, few?: number): Entry {
  const run = async () => {
    const limited = await make();
    let sum = 0;
    const task = async () => 1;
    const batch = async (n: number) => {
      const before = sum;
      for (let i = 0; i < n; i += CROWD) {
        const results = await Promise.all(Array.from({ length: Math.min(CROWD, n - i) }, () => limited(task)));
        for (const result of results) sum += result;
      }
      if (sum - before !== n) throw new Error(`${sum - before} of ${n} tasks were run`);
    };
    if (few === undefined) return nsPerOperation(batch);
    await batch(few);
    const began = now();
    await batch(few);
    return { time: ((now() - began) * 1e6) / few };
  };
  return { way: { run } };
}

export const limitedCalls: Case = {
  id: 'limited-calls',
  title: `A limit of ${LIMIT}, and ${CROWD} tasks at once`,
  about:
    `One thread. The tasks do nothing, so that all of it is the limit; ${CROWD - LIMIT} of ${CROWD} wait for their turn. Ours counts on ` +
    'all threads, and keeps figures; the peers count on one.',
  points: [{}],
  quick: false,
  metrics: { time: { unit: 'ns', title: 'a task', better: 'less' } },
  subjects: {
    ours: crowds(async () => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const { limitCalls } = await import('@eventfd/semaphore/limit');
      const limited = limitCalls((task: () => Promise<number>) => task(), new Semaphore(LIMIT));
      return (task) => limited.run(task);
    }),
    'p-limit': crowds(async () => {
      const { default: pLimit } = await import('p-limit');
      return pLimit(LIMIT);
    }),
    'p-queue': crowds(async () => {
      const { default: PQueue } = await import('p-queue');
      const queue = new PQueue({ concurrency: LIMIT });
      return (task) => queue.add(task);
    }),
    // It starts each task by a timer: milliseconds each.
    bottleneck: crowds(async () => {
      const { default: Bottleneck } = await import('bottleneck');
      const limiter = new Bottleneck({ maxConcurrent: LIMIT });
      return (task) => limiter.schedule(task);
    }, CROWD),
    promise: crowds(async () => (task) => task()),
    atomics: LOCKS,
    multithreading: LOCKS,
    mortice: LOCKS,
    'web-locks': LOCKS,
    'async-mutex': cannot(
      'its semaphore runs a task, and counts on one thread; p-limit and p-queue are the usual ones',
    ),
  },
};
