/** Workers that do most of their work outside the lock, as programs do. */
import { type Case, cannot, type Entry, type Figures, type Point } from '../harness/types.js';
import { busy, cpuMicros, now, percentiles, sleep } from '../measure/clock.js';
import { contest, Phase, type Seat, takeSeat, WARM_UP_MS } from '../measure/contest.js';
import { randomFrom } from '../measure/random.js';
import { MORTICE_SINCE, MULTITHREADING_SINCE, ONE_THREAD, WEB_LOCKS_SINCE } from '../subjects/lock.js';

const SECTION_US = 10;
const MEASURED_MS = 500;

/** On a worker: how long it waited for each turn that it got while it was measured, in milliseconds. */
export async function visit(seat: Seat): Promise<number[]> {
  const { enter, section, phase } = await takeSeat(seat);
  const draw = randomFrom(seat.index + 1);
  const outside = (seat.outside ?? 0) / 1000;
  let [inside, during]: [number, number] = [0, Phase.WARM_UP];
  const noted = () => {
    inside = now();
    during = Atomics.load(phase, 0);
    section();
  };
  const waits: number[] = [];
  while (during !== Phase.OVER) {
    // Half as long to half as long again: workers whose work takes the same time never meet, or always.
    busy(outside * (0.5 + draw()));
    const began = now();
    const entered = enter(noted, false);
    if (entered !== undefined) await entered;
    if (during !== Phase.WARM_UP) waits.push(inside - began);
  }
  return waits;
}

async function run(subject: string, { workers = 2, outside = 10 }: Point): Promise<Figures> {
  const { go, results } = await contest(import.meta.url, 'visit', workers, {
    subject,
    kind: 'mutex',
    section: SECTION_US,
    outside: outside * SECTION_US,
  });
  go(Phase.WARM_UP);
  await sleep(WARM_UP_MS * workers);
  go(Phase.MEASURED);
  const [began, cpu] = [now(), cpuMicros()];
  await sleep(MEASURED_MS);
  go(Phase.OVER);
  const [took, used] = [now() - began, cpuMicros() - cpu];
  const all = (await results()) as (number[] | undefined)[];
  const lost = all.filter((each) => each === undefined).length;
  if (lost > 0) throw new Error(`${lost} of ${workers} workers still waited when nobody wanted the lock any more`);
  const waits = all.flatMap((each) => each ?? []).map((ms) => ms * 1000);
  // Each had one more turn after it was over.
  const turns = waits.length - workers;
  return { rate: (turns / took) * 1000, ...percentiles(waits), most: Math.max(...waits) / 1000, cpu: used / turns };
}

const node = (subject: string, more: Partial<Entry> = {}): Entry => ({
  way: { run: (point) => run(subject, point) },
  ...more,
});
const floor = (what: string, more: Partial<Entry> = {}): Entry => ({
  way: {
    floor: ({ workers = 2, outside = 10 }) =>
      ['rarely', what, workers, SECTION_US * 1000, outside * SECTION_US * 1000, MEASURED_MS].map(String),
  },
  ...more,
});
/** One setting says enough about what takes many times as long. */
const slow = { at: ({ outside, workers }: Point) => outside === 10 && workers === 4, quick: false };

export const rarelyContended: Case = {
  id: 'rarely-contended',
  title: 'Rarely contended mutex: workers that work outside it most of the time',
  about:
    `Each worker is busy by the clock for 10 or 100 times as long as it then stays inside the lock, which is ${SECTION_US} us; ` +
    'the time outside varies by half, at random. Turns a second of all workers together, and how long they waited for one. It ' +
    'shows what the contended cases cannot: how long a lock lies idle while those who want it sleep. With more workers ' +
    'than cores some are switched out at any time, also while they hold the lock; a wait of many milliseconds is that.',
  points: [10, 100].flatMap((outside) => [2, 4, 8].map((workers) => ({ outside, workers }))),
  quickPoints: [{ outside: 10, workers: 4 }],
  rounds: 2,
  metrics: {
    rate: { unit: 'ops/s', title: 'rate', better: 'more' },
    p50: { unit: 'us', title: 'wait, median', better: 'less' },
    p99: { unit: 'us', title: 'p99', better: 'less' },
    most: { unit: 'ms', title: 'longest', better: 'less' },
    cpu: { unit: 'us', title: 'CPU', better: 'less', cost: true },
  },
  drawn: ['rate', 'p99'],
  subjects: {
    ours: node('ours'),
    'ours-async': node('ours-async', slow),
    atomics: node('atomics'),
    'atomics-spin': node('atomics-spin', { quick: false }),
    'glibc-mutex': floor('normal'),
    'glibc-adaptive': floor('adaptive', { quick: false }),
    multithreading: node('multithreading', { since: MULTITHREADING_SINCE, ...slow }),
    'naive-eventfd': node('naive-eventfd', slow),
    koffi: node('koffi', slow),
    'web-locks': node('web-locks', { since: WEB_LOCKS_SINCE, ...slow }),
    mortice: node('mortice', { since: MORTICE_SINCE, ...slow }),
    'message-port': node('message-port', slow),
    'async-mutex': cannot(ONE_THREAD),
  },
};
