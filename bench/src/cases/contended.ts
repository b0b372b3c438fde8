/** Workers that all want one lock, all the time. */
import type { Case, Entry, Figures, Point } from '../harness/types.js';
import { busy, cpuMicros, now, sleep } from '../measure/clock.js';
import { ready, start } from '../measure/threads.js';
import { lockOf, MORTICE_SINCE, MULTITHREADING_SINCE, WEB_LOCKS_SINCE } from '../subjects/locks.js';

const MEASURED_MS = 300;
/** A counter to a cache line; the last line holds the flag that stops all. */
const STRIDE = 8;

interface Task {
  readonly subject: string;
  readonly payload: unknown;
  readonly counters: SharedArrayBuffer;
  readonly flags: SharedArrayBuffer;
  readonly index: number;
  /** How long a worker stays inside, in microseconds. */
  readonly section: number;
}

export async function contend(task: Task): Promise<void> {
  const lock = lockOf[task.subject];
  if (lock === undefined) throw new Error(`No lock of ${task.subject}`);
  const enter = await lock.attach(task.payload);
  const counters = new Float64Array(task.counters);
  const flags = new Int32Array(task.flags);
  const at = task.index * STRIDE;
  const section = () => {
    if (task.section > 0) busy(task.section / 1000);
  };
  ready();
  Atomics.wait(flags, 0, 0);
  // Nothing but the count lies between giving back and wanting again: the queue is never empty for long.
  for (let done = 1; Atomics.load(flags, 0) === 1; done++) {
    const entered = enter(section);
    if (entered !== undefined) await entered;
    counters[at] = done;
  }
}

async function run(subject: string, { workers = 2, section = 0 }: Point): Promise<Figures> {
  const lock = lockOf[subject];
  if (lock === undefined) throw new Error(`No lock of ${subject}`);
  const counters = new SharedArrayBuffer(workers * STRIDE * 8);
  const flags = new SharedArrayBuffer(64);
  const payloadOf = await lock.open();
  const threads = Array.from({ length: workers }, (_, index) => {
    const { payload, transfer } = payloadOf();
    const task: Task = { subject, payload, counters, flags, index, section };
    return start(import.meta.url, 'contend', task, transfer);
  });
  await Promise.all(threads.map((thread) => thread.ready));

  const counts = new Float64Array(counters);
  const look = () => Array.from({ length: workers }, (_, index) => counts[index * STRIDE] ?? 0);
  const go = new Int32Array(flags);
  Atomics.store(go, 0, 1);
  Atomics.notify(go, 0);
  await sleep(MEASURED_MS / 2);
  const [before, cpu, began] = [look(), cpuMicros(), now()];
  await sleep(MEASURED_MS);
  const [after, took, used] = [look(), now() - began, cpuMicros() - cpu];
  Atomics.store(go, 0, 2);
  // A process that ends while a worker holds the lock can hang for ever with locks that do not survive a death.
  await Promise.race([Promise.all(threads.map((thread) => thread.result)), sleep(1000)]);

  const shares = after.map((count, index) => count - (before[index] ?? 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return {
    rate: (sum / took) * 1000,
    cpu: used / sum,
    // Jain's index: 1 when all had the same, 1/n when one had all.
    fairness: squares === 0 ? 0 : (sum * sum) / (workers * squares),
  };
}

const node = (subject: string, more: Partial<Entry> = {}): Entry => ({
  way: { run: (point) => run(subject, point) },
  ...more,
});
const floor = (what: string): Entry => ({
  way: {
    floor: ({ workers = 2, section = 0 }) => [
      'contended',
      what,
      String(workers),
      String(section * 1000),
      String(MEASURED_MS),
    ],
  },
});
/** Locks whose every turn takes longer than the longest section tell the same at each of them. */
const slow = { at: ({ section }: Point) => section === 1, quick: false } satisfies Partial<Entry>;

export const contended: Case = {
  id: 'contended',
  title: 'Contended mutex: workers that want nothing else',
  about:
    'Each worker takes the lock, stays inside for so many microseconds by the clock, gives it ' +
    "back and wants it again. Operations a second of all workers together; fairness is Jain's index over their shares " +
    'in 0.3 s, 1 when all had the same. It is the worst a lock can meet: programs that do work outside it fare better. ' +
    'A lock that lets one worker go on and on shows a high rate and a low index.',
  points: [0, 1, 10, 100].flatMap((section) => [2, 4, 8].map((workers) => ({ section, workers }))),
  quickPoints: [{ section: 1, workers: 4 }],
  rounds: 4,
  metrics: {
    rate: { unit: 'ops/s', title: 'rate', better: 'more' },
    cpu: { unit: 'us', title: 'CPU', better: 'less' },
    fairness: { unit: 'count', title: 'fairness', better: 'more' },
  },
  subjects: {
    ours: node('ours'),
    'ours-async': node('ours-async', slow),
    'ours-parked': node('ours-parked', slow),
    atomics: node('atomics'),
    'atomics-spin': node('atomics-spin'),
    'glibc-mutex': floor('normal'),
    'glibc-adaptive': floor('adaptive'),
    multithreading: node('multithreading', { since: MULTITHREADING_SINCE, ...slow }),
    koffi: node('koffi', slow),
    'web-locks': node('web-locks', { since: WEB_LOCKS_SINCE, ...slow }),
    mortice: node('mortice', { since: MORTICE_SINCE, ...slow }),
    'message-port': node('message-port', slow),
  },
};
