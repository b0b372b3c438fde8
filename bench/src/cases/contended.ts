/** Workers that all want one lock, all the time: a mutex, or a semaphore of fewer permits than workers. */
import { type Case, cannot, type Entry, type Figures, type Metric, type Point } from '../harness/types.js';
import { cpuMicros, now, sleep } from '../measure/clock.js';
import { contest, Phase, type Seat, takeSeat, WARM_UP_MS } from '../measure/contest.js';
import { MORTICE_SINCE, MULTITHREADING_SINCE, NO_PERMITS, ONE_THREAD, WEB_LOCKS_SINCE } from '../subjects/lock.js';

const MEASURED_MS = 300;
const PERMITS = 2;
/** A counter to a cache line. */
const STRIDE = 8;

export async function contend(seat: Seat): Promise<true> {
  const { enter, section, phase } = await takeSeat(seat);
  const counters = new Float64Array(seat.shared as SharedArrayBuffer);
  const at = seat.index * STRIDE;
  // Nothing but the count lies between giving back and wanting again: the queue is never empty for long.
  for (let done = 1; Atomics.load(phase, 0) !== Phase.OVER; done++) {
    const entered = enter(section);
    if (entered !== undefined) await entered;
    counters[at] = done;
  }
  return true;
}

async function run(subject: string, permits: number, { workers = 2, section = 0 }: Point): Promise<Figures> {
  const shared = new SharedArrayBuffer(workers * STRIDE * 8);
  const { go, results } = await contest(import.meta.url, 'contend', workers, { subject, permits, section, shared });
  const counts = new Float64Array(shared);
  const look = () => Array.from({ length: workers }, (_, index) => counts[index * STRIDE] ?? 0);
  go(Phase.WARM_UP);
  await sleep(WARM_UP_MS * workers);
  const [before, cpu, began] = [look(), cpuMicros(), now()];
  await sleep(MEASURED_MS);
  const [after, took, used] = [look(), now() - began, cpuMicros() - cpu];
  go(Phase.OVER);
  // A process that ends while a worker holds the lock can hang for ever with locks that do not survive a death.
  await results();

  const shares = after.map((count, index) => count - (before[index] ?? 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum === 0) return { rate: 0, fairness: 0 };
  return { rate: (sum / took) * 1000, cpu: used / sum, fairness: jain(shares) };
}

/** Jain's index of fairness: 1 when all had the same, 1/n when one had all. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return squares === 0 ? 0 : (sum * sum) / (shares.length * squares);
}

const contestants = (permits: number) => ({
  node: (subject: string, more: Partial<Entry> = {}): Entry => ({
    way: { run: (point) => run(subject, permits, point) },
    ...more,
  }),
  floor: (what: string, more: Partial<Entry> = {}): Entry => ({
    way: {
      floor: ({ workers = 2, section = 0 }) =>
        ['contended', what, workers, section * 1000, MEASURED_MS, Math.max(1, permits)].map(String),
    },
    ...more,
  }),
});

/** Locks whose every turn takes longer than the longest section tell the same at each of them. */
const slow = { at: ({ section }: Point) => section === 1, quick: false } satisfies Partial<Entry>;
const points = [0, 1, 10, 100].flatMap((section) => [2, 4, 8].map((workers) => ({ section, workers })));
const metrics: Readonly<Record<string, Metric>> = {
  rate: { unit: 'ops/s', title: 'rate', better: 'more' },
  cpu: { unit: 'us', title: 'CPU', better: 'less' },
  fairness: { unit: 'count', title: 'fairness', better: 'more' },
};

const mutex = contestants(0);

export const contended: Case = {
  id: 'contended',
  title: 'Contended mutex: workers that want nothing else',
  about:
    'Each worker takes the lock, stays inside for so many microseconds by the clock, gives it ' +
    "back and wants it again. Operations a second of all workers together; fairness is Jain's index over their shares " +
    'in 0.3 s, 1 when all had the same. It is the worst a lock can meet: programs that do work outside it fare better. ' +
    'A lock that lets one worker go on and on shows a high rate and a low index. Locks that need longer for a turn ' +
    'than a section lasts are measured at sections of 1 us alone.',
  points,
  quickPoints: [{ section: 1, workers: 4 }],
  rounds: 2,
  checkRounds: 4,
  metrics,
  subjects: {
    ours: mutex.node('ours'),
    'ours-async': mutex.node('ours-async', slow),
    'ours-parked': mutex.node('ours-parked', slow),
    atomics: mutex.node('atomics'),
    'atomics-spin': mutex.node('atomics-spin', { quick: false }),
    'wait-async': mutex.node('wait-async', slow),
    'glibc-mutex': mutex.floor('normal'),
    'glibc-adaptive': mutex.floor('adaptive'),
    multithreading: mutex.node('multithreading', { since: MULTITHREADING_SINCE, ...slow }),
    'naive-eventfd': mutex.node('naive-eventfd', slow),
    koffi: mutex.node('koffi', slow),
    'web-locks': mutex.node('web-locks', { since: WEB_LOCKS_SINCE, ...slow }),
    mortice: mutex.node('mortice', { since: MORTICE_SINCE, ...slow }),
    'message-port': mutex.node('message-port', slow),
    'async-mutex': cannot(ONE_THREAD),
  },
};

const semaphore = contestants(PERMITS);

export const contendedSemaphore: Case = {
  id: 'contended-semaphore',
  title: `Contended semaphore: ${PERMITS} permits, workers that want nothing else`,
  about:
    `The same with a semaphore of ${PERMITS} permits, so that two workers are inside at once. Two workers never wait for ` +
    'each other: what is seen there is what sharing the counter costs. On two cores more permits would say nothing.',
  points,
  quickPoints: [{ section: 1, workers: 4 }],
  rounds: 2,
  metrics,
  subjects: {
    ours: semaphore.node('ours'),
    'ours-async': semaphore.node('ours-async', slow),
    atomics: semaphore.node('atomics'),
    'wait-async': semaphore.node('wait-async', slow),
    'glibc-sem': semaphore.floor('sem'),
    'naive-eventfd': semaphore.node('naive-eventfd', { quick: false }),
    'c-eventfd': semaphore.floor('eventfd', slow),
    multithreading: semaphore.node('multithreading', { since: MULTITHREADING_SINCE, ...slow }),
    koffi: semaphore.node('koffi', slow),
    mortice: semaphore.node('mortice', { since: MORTICE_SINCE, ...slow }),
    'message-port': semaphore.node('message-port', slow),
    'web-locks': cannot(NO_PERMITS),
    'async-mutex': cannot(ONE_THREAD),
  },
};
