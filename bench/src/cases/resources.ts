/** What semaphores take that nobody uses at the moment: memory, and CPU time of those who wait. */
import { type Case, cannot, type Figures } from '../harness/types.js';
import { cpuMicros, now, sleep } from '../measure/clock.js';
import { AtomicsSemaphore } from '../subjects/atomics.js';
import { ASYNC_ONLY, MULTITHREADING_SINCE } from '../subjects/lock.js';
import { blocked, blockedWorker, emptySemaphore } from './death.js';

const WORKERS = 16;
const IDLE_MS = 1000;

async function runIdle(subject: string): Promise<Figures> {
  const payload = await emptySemaphore(subject);
  await Promise.all(Array.from({ length: WORKERS }, () => blockedWorker(subject, payload)));
  await sleep(500);
  const [cpu, began] = [cpuMicros(), now()];
  await sleep(IDLE_MS);
  return { cpu: ((cpuMicros() - cpu) / 1000 / (now() - began)) * 100 };
}

export const idle: Case = {
  id: 'idle',
  title: `Idle: ${WORKERS} workers blocked in a synchronous wait`,
  about: `CPU time of the whole process in a second, of one core. Nobody releases anything.`,
  points: [{}],
  rounds: 3,
  metrics: { cpu: { unit: '%', title: 'of a core', better: 'less' } },
  subjects: {
    ours: blocked('ours', runIdle),
    atomics: blocked('atomics', runIdle),
    'naive-eventfd': blocked('naive-eventfd', runIdle),
    koffi: cannot('process.exit() hangs while a thread is blocked in its native read'),
    multithreading: { ...blocked('multithreading', runIdle), since: MULTITHREADING_SINCE },
    'web-locks': cannot(ASYNC_ONLY),
    mortice: cannot(ASYNC_ONLY),
    'async-mutex': cannot(ASYNC_ONLY),
  },
};

const COUNT = 1_000_000;
const A_DESCRIPTOR_EACH = 'a descriptor each: a process has room for thousands, not for a million';

/** Shared memory, what the process grew by, and the time to make one: for each of a million. */
async function measureMemory<T>(
  make: () => T,
  sharedBytes: (all: readonly T[]) => number,
  count = COUNT,
): Promise<Figures> {
  const before = process.memoryUsage.rss();
  const start = now();
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(make());
  const took = now() - start;
  const grown = process.memoryUsage.rss() - before;
  return { shared: sharedBytes(all) / count, grown: grown / count, make: (took * 1e6) / count };
}

export const memory: Case = {
  id: 'memory',
  title: 'Memory: a million semaphores',
  about:
    'Made one after the other and kept, on one thread, none used. Shared memory is what they occupy of it; the growth of ' +
    "the process (resident) also has the JavaScript objects, garbage and the library's books.",
  points: [{}],
  rounds: 3,
  metrics: {
    shared: { unit: 'bytes', title: 'shared memory', better: 'less' },
    grown: { unit: 'bytes', title: 'growth of the process', better: 'less' },
    make: { unit: 'ns', title: 'to make one', better: 'less' },
  },
  subjects: {
    ours: {
      quick: false,
      way: {
        run: async () => {
          const { Semaphore } = await import('@eventfd/semaphore');
          const CELL = 64;
          return measureMemory(
            () => new Semaphore(1),
            (all) => {
              // Cells follow each other in an arena: from the first to the last is what all of them occupy.
              const spans = new Map<unknown, { first: number; last: number }>();
              for (const { handle } of all) {
                const span = spans.get(handle.memory);
                if (span === undefined) spans.set(handle.memory, { first: handle.cell, last: handle.cell });
                else {
                  span.first = Math.min(span.first, handle.cell);
                  span.last = Math.max(span.last, handle.cell);
                }
              }
              return [...spans.values()].reduce((sum, { first, last }) => sum + last - first + CELL, 0);
            },
          );
        },
      },
    },
    atomics: {
      quick: false,
      way: {
        run: () =>
          measureMemory(
            () => ({ shared: AtomicsSemaphore.share(1) }),
            (all) => all.reduce((sum, { shared }) => sum + shared.byteLength, 0),
          ),
      },
    },
    multithreading: {
      since: MULTITHREADING_SINCE,
      quick: false,
      way: {
        run: async () => {
          const { Semaphore } = await import('multithreading');
          return measureMemory(
            () => new Semaphore(1),
            (all) => all.length * 8,
            // To make one takes it many times as long as the others.
            COUNT / 10,
          );
        },
      },
    },
    'naive-eventfd': cannot(A_DESCRIPTOR_EACH),
    koffi: cannot(A_DESCRIPTOR_EACH),
    'web-locks': cannot('no objects: a lock is a name, and takes memory while it is asked for'),
    mortice: cannot('locks are kept by name, and none is freed by itself: not meant for a million'),
    'async-mutex': {
      quick: false,
      way: {
        run: async () => {
          const { Semaphore } = await import('async-mutex');
          return measureMemory(
            () => new Semaphore(1),
            () => 0,
          );
        },
      },
    },
  },
};
