/** Who gets the lock how often, and who waits how long, when all want it all the time. */
import { type Case, cannot, type Entry, type Figures, type Point } from '../harness/types.js';
import { now, percentiles, sleep } from '../measure/clock.js';
import { jain } from '../measure/contend.js';
import { contest, Phase, type Seat, takeSeat, WARM_UP_MS } from '../measure/contest.js';
import { MORTICE_SINCE, MULTITHREADING_SINCE, ONE_THREAD, WEB_LOCKS_SINCE } from '../subjects/lock.js';

const SECTION_US = 10;
const MEASURED_MS = 400;
/** No worker is inside more often than this while it is measured. */
const MOST_TURNS = (MEASURED_MS * 1000) / SECTION_US + 1;

/** What a worker saw while it was measured. */
export interface Turns {
  readonly turns: number;
  /** In milliseconds. Those that ended before are left out; one that outlasted it all is among them, and was no turn. */
  readonly waits: Float64Array;
}

export async function queueUp(seat: Seat): Promise<Turns> {
  const { enter, section, phase } = await takeSeat(seat);
  let [inside, during] = [0, 0];
  const noted = () => {
    inside = now();
    during = Atomics.load(phase, 0);
    section();
  };
  const waits = new Float64Array(MOST_TURNS + 1);
  let [turns, ended] = [0, 0];
  while (Atomics.load(phase, 0) !== Phase.OVER && turns < MOST_TURNS) {
    const began = now();
    const entered = enter(noted, false);
    if (entered !== undefined) await entered;
    if (during === Phase.WARM_UP) continue;
    // It may have begun before: who is never served began to wait in the warm-up.
    waits[ended++] = inside - began;
    if (during === Phase.MEASURED) turns++;
  }
  return { turns, waits: waits.slice(0, ended) };
}

async function run(subject: string, { workers = 4 }: Point): Promise<Figures> {
  const { go, results } = await contest(import.meta.url, 'queueUp', workers, {
    subject,
    kind: 'mutex',
    section: SECTION_US,
  });
  go(Phase.WARM_UP);
  await sleep(WARM_UP_MS * workers);
  go(Phase.MEASURED);
  await sleep(MEASURED_MS);
  go(Phase.OVER);
  // Who never got it while the others ran gets it now, and that wait is as long as the whole measurement.
  const all = (await results()) as (Turns | undefined)[];
  const there = all.filter((each) => each !== undefined);
  const lost = workers - there.length;
  if (lost > 0) throw new Error(`${lost} of ${workers} workers still waited when nobody wanted the lock any more`);
  return summary(there);
}

export function summary(all: readonly Turns[]): Figures {
  const shares = all.map(({ turns }) => turns);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  if (mean === 0) throw new Error(`nobody got the lock in ${MEASURED_MS} ms`);
  const waits = all.flatMap((each) => [...each.waits]);
  return {
    least: Math.min(...shares) / mean,
    jain: jain(shares),
    p99: percentiles(waits).p99,
    most: waits.reduce((most, wait) => Math.max(most, wait), 0),
  };
}

const node = (subject: string, more: Partial<Entry> = {}): Entry => ({
  way: { run: (point) => run(subject, point) },
  ...more,
});
const floor = (what: string): Entry => ({
  way: {
    floor: ({ workers = 4 }) => ['fairness', what, workers, SECTION_US * 1000, MEASURED_MS].map(String),
  },
});

export const fairness: Case = {
  id: 'fairness',
  title: 'Fairness: who gets the lock, and how long anybody waits',
  about:
    `Workers take a mutex, stay inside for ${SECTION_US} us by the clock, give it back and want it again at once, for ` +
    `${MEASURED_MS / 1000} s. The share of the one that was served least, over the mean: 1 when all had the same, 0 when one had ` +
    "nothing. Jain's index: 1, or 1/n when one had all. Waits: from wanting it to having it, of all workers, also those that began before or ended after. In such a short time a lock that serves " +
    'at random looks less fair than it is; with strict turns the longest wait is that of all others together.',
  points: [4, 8].map((workers) => ({ workers })),
  // The contended mutex says as much in short: the index, and the longest wait.
  quick: false,
  quickPoints: [{ workers: 4 }],
  rounds: 3,
  metrics: {
    least: { unit: 'count', title: 'least served, over the mean', better: 'more' },
    jain: { unit: 'count', title: "Jain's index", better: 'more' },
    p99: { unit: 'ms', title: 'wait, p99', better: 'less' },
    most: { unit: 'ms', title: 'longest wait', better: 'less' },
  },
  drawn: ['least', 'most'],
  subjects: {
    ours: node('ours'),
    'ours-fair': node('ours-fair'),
    'ours-async': node('ours-async', { quick: false }),
    atomics: node('atomics'),
    'atomics-spin': node('atomics-spin', { quick: false }),
    'wait-async': node('wait-async', { quick: false }),
    'glibc-mutex': floor('normal'),
    'glibc-adaptive': { ...floor('adaptive'), quick: false },
    'naive-eventfd': node('naive-eventfd', { quick: false }),
    koffi: node('koffi', { quick: false }),
    multithreading: node('multithreading', { since: MULTITHREADING_SINCE, quick: false }),
    'web-locks': node('web-locks', { since: WEB_LOCKS_SINCE, quick: false }),
    mortice: node('mortice', { since: MORTICE_SINCE, quick: false }),
    'message-port': node('message-port', { quick: false }),
    'async-mutex': cannot(ONE_THREAD),
  },
};
