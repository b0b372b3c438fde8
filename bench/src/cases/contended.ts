/** Workers that all want one lock, all the time: a mutex, a semaphore of fewer permits than workers, readers and writers. */
import { type Case, cannot, type Entry, type Metric, type Point } from '../harness/types.js';
import { contention, MEASURED_MS } from '../measure/contend.js';
import {
  type Kind,
  MORTICE_SINCE,
  MULTITHREADING_SINCE,
  NO_PERMITS,
  NO_READERS,
  ONE_THREAD,
  WEB_LOCKS_SINCE,
} from '../subjects/lock.js';

const PERMITS = 2;

const contestants = (kind: Kind, usual = 0) => ({
  node: (subject: string, more: Partial<Entry> = {}): Entry => ({
    way: {
      run: ({ workers = 2, section = usual, readers = 0 }) => contention(workers, { subject, kind, section, readers }),
    },
    ...more,
  }),
  floor: (what: string, more: Partial<Entry> = {}): Entry => ({
    way: {
      floor: ({ workers = 2, section = usual, readers = 0 }) => {
        const permits = typeof kind === 'number' ? kind : 1;
        return ['contended', what, workers, section * 1000, MEASURED_MS, permits, readers].map(String);
      },
    },
    ...more,
  }),
});

/** Locks whose every turn takes longer than the longest section tell the same at each of them. */
const slow = { at: ({ section }: Point) => section === 1, quick: false } satisfies Partial<Entry>;
const points = [0, 1, 10, 100].flatMap((section) => [2, 4, 8].map((workers) => ({ section, workers })));
const metrics: Readonly<Record<string, Metric>> = {
  rate: { unit: 'ops/s', title: 'rate', better: 'more' },
  cpu: { unit: 'us', title: 'CPU', better: 'less', cost: true },
  fairness: { unit: 'count', title: 'fairness', better: 'more' },
  most: { unit: 'ms', title: 'longest wait', better: 'less' },
};

const mutex = contestants('mutex');

export const contended: Case = {
  id: 'contended',
  title: 'Contended mutex: workers that want nothing else',
  about:
    'Each worker takes the lock, stays inside for so many microseconds by the clock, gives it ' +
    "back and wants it again. Operations a second of all workers together; fairness is Jain's index over their shares " +
    'in 0.3 s, 1 when all had the same; beside it the longest wait of any of them in that time, from the end of a section ' +
    'to the beginning of the next (with no section, in another 0.3 s). It is the worst a lock can meet: programs that do work outside it fare better. ' +
    'A lock that lets one worker go on and on shows a high rate and a low index. Locks that need longer for a turn ' +
    'than a section lasts are measured at sections of 1 us alone.',
  points,
  quickPoints: [{ section: 1, workers: 4 }],
  rounds: 2,
  checkRounds: 4,
  metrics,
  subjects: {
    ours: mutex.node('ours'),
    'ours-fair': mutex.node('ours-fair', {
      at: ({ section, workers }) => section === 10 && workers === 8,
      quick: false,
    }),
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

const READ_WRITE_US = 10;
const readWrite = contestants('rwlock', READ_WRITE_US);
/** One setting says enough about what takes many times as long. */
const slowReadWrite = { at: ({ readers, workers }: Point) => readers === 90 && workers === 4, quick: false };

export const contendedRwLock: Case = {
  id: 'contended-rwlock',
  title: 'Contended lock for readers and writers: workers that want nothing else',
  about:
    `The same with a lock that readers share: so many of a hundred turns only read, drawn at random, and each stays inside ` +
    `for ${READ_WRITE_US} us. glibc's lets readers in while a writer waits unless it is told otherwise; all others prefer ` +
    'writers or keep the order.',
  points: [90, 50].flatMap((readers) => [2, 4, 8].map((workers) => ({ readers, workers }))),
  quickPoints: [{ readers: 90, workers: 4 }],
  rounds: 2,
  metrics,
  subjects: {
    ours: readWrite.node('ours'),
    'ours-async': readWrite.node('ours-async', slowReadWrite),
    atomics: readWrite.node('atomics'),
    'atomics-spin': readWrite.node('atomics-spin', { quick: false }),
    'glibc-rwlock': readWrite.floor('rwlock'),
    'glibc-rwlock-writers': readWrite.floor('rwlock-writers', { quick: false }),
    multithreading: readWrite.node('multithreading', { since: MULTITHREADING_SINCE, ...slowReadWrite }),
    'web-locks': readWrite.node('web-locks', { since: WEB_LOCKS_SINCE, ...slowReadWrite }),
    mortice: readWrite.node('mortice', { since: MORTICE_SINCE, ...slowReadWrite }),
    'message-port': readWrite.node('message-port', slowReadWrite),
    'naive-eventfd': cannot(NO_READERS),
    koffi: cannot(NO_READERS),
    'async-mutex': cannot(ONE_THREAD),
  },
};
