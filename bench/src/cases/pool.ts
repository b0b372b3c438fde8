/** A Piscina pool, with a limit on how many of its tasks run at once and without. */
import { fileURLToPath } from 'node:url';
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { cpuMicros, now } from '../measure/clock.js';
import { calibrate, work } from '../measure/work.js';
import { BLOCKING_ONLY, MORTICE_SINCE, MULTITHREADING_SINCE, NO_PERMITS } from '../subjects/lock.js';

const WORKERS = 4;
const LIMIT = 2;
const TASKS = 2000;
const TASK_US = 100;

interface Task {
  readonly rounds: number;
  /** A semaphore to take inside the task. */
  readonly semaphore?: unknown;
}

/** Workers attach once and keep what they attached. */
let attached: { acquireSync(): { release(): void } } | undefined;

/** What the pool's workers run. */
export default async function task({ rounds, semaphore }: Task): Promise<void> {
  if (semaphore === undefined) {
    work(rounds);
    return;
  }
  if (attached === undefined) {
    const { Semaphore } = await import('@eventfd/semaphore');
    attached = Semaphore.from(semaphore as InstanceType<typeof Semaphore>);
  }
  const permit = attached.acquireSync();
  work(rounds);
  permit.release();
}

type Pool = import('piscina').Piscina<Task, void>;
type Submit = (task: Task) => Promise<unknown>;

async function run(make: (pool: Pool) => Promise<Submit>): Promise<Figures> {
  const { Piscina } = await import('piscina');
  const pool: Pool = new Piscina({
    filename: fileURLToPath(import.meta.url),
    minThreads: WORKERS,
    maxThreads: WORKERS,
  });
  const submit = await make(pool);
  const rounds = Math.round(calibrate() * TASK_US);
  const all = (count: number) => Promise.all(Array.from({ length: count }, () => submit({ rounds })));
  await all(TASKS / 4);
  const [began, cpu] = [now(), cpuMicros()];
  await all(TASKS);
  return { rate: (TASKS / (now() - began)) * 1000, cpu: (cpuMicros() - cpu) / TASKS };
}

function entry(make: (pool: Pool) => Promise<Submit>, more: Partial<Entry> = {}): Entry {
  return { way: { run: () => run(make) }, quick: false, ...more };
}

export const pool: Case = {
  id: 'pool',
  title: `Piscina: ${WORKERS} workers, ${LIMIT} at a time`,
  about:
    `${TASKS} tasks of ${TASK_US} us on ${WORKERS} workers. On a machine with no more cores than the limit, what a limit ` +
    'costs is what is seen here; what it saves (memory, connections) is not.',
  points: [{}],
  rounds: 5,
  metrics: {
    rate: { unit: 'ops/s', title: 'tasks', better: 'more' },
    cpu: { unit: 'us', title: 'CPU', better: 'less', cost: true },
  },
  subjects: {
    ours: entry(async (pool) => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const { limit } = await import('@eventfd/semaphore/piscina');
      const limited = limit(pool, new Semaphore(LIMIT));
      return (each) => limited.run(each);
    }),
    'ours-in-task': entry(async (pool) => {
      const { Semaphore } = await import('@eventfd/semaphore');
      const semaphore = new Semaphore(LIMIT);
      return (each) => pool.run({ ...each, semaphore: semaphore.handle });
    }),
    'async-mutex': entry(async (pool) => {
      const { Semaphore } = await import('async-mutex');
      const semaphore = new Semaphore(LIMIT);
      return (each) => semaphore.runExclusive(() => pool.run(each));
    }),
    'wait-async': entry(async (pool) => {
      const { AtomicsSemaphore } = await import('../subjects/atomics.js');
      const semaphore = new AtomicsSemaphore(AtomicsSemaphore.share(LIMIT));
      return async (each) => {
        await semaphore.acquire();
        await pool.run(each);
        semaphore.release();
      };
    }),
    'naive-eventfd': entry(async (pool) => {
      const { makeNaive } = await import('../subjects/naive.js');
      const semaphore = makeNaive(LIMIT);
      return (each) => semaphore.run(() => pool.run(each));
    }),
    multithreading: entry(
      async (pool) => {
        const { Semaphore } = await import('multithreading');
        const semaphore = new Semaphore(LIMIT);
        return async (each) => {
          const guard = await semaphore.acquire();
          await pool.run(each);
          guard.dispose();
        };
      },
      { since: MULTITHREADING_SINCE },
    ),
    mortice: entry(
      async (pool) => {
        const { default: create } = await import('mortice');
        const lock = create({ name: 'bench', concurrency: LIMIT });
        return async (each) => {
          const release = await lock.readLock();
          await pool.run(each);
          release();
        };
      },
      { since: MORTICE_SINCE },
    ),
    'web-locks': cannot(NO_PERMITS),
    koffi: cannot(BLOCKING_ONLY),
    piscina: entry(async (pool) => (each) => pool.run(each)),
  },
};
