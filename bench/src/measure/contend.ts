/** Workers that all want one lock, all the time: the rate of all together, their shares, and the longest wait. */
import type { Figures } from '../harness/types.js';
import { cpuMicros, now, sleep } from './clock.js';
import { COME_BACK_MS, type Common, contest, Phase, type Seat, takeSeat, WARM_UP_MS } from './contest.js';
import { randomFrom } from './random.js';

export const MEASURED_MS = 300;
/** A counter to a cache line. */
const STRIDE = 8;
/** As many turns are drawn beforehand, and come again: a power of two. */
const TURNS = 1024;

/** @public On a worker, by its name. Its longest wait, in milliseconds. */
export async function contend(seat: Seat): Promise<number> {
  const { enter, phase } = await takeSeat(seat);
  const counters = new Float64Array(seat.shared as SharedArrayBuffer);
  const at = seat.index * STRIDE;
  const draw = randomFrom(seat.index + 1);
  const reads = Array.from({ length: TURNS }, () => draw() * 100 < (seat.readers ?? 0));
  const inside = seat.section / 1000;
  let during: number = Phase.WARM_UP;
  let longest = 0;
  let left = now();

  // A section looks at the clock in any case. A wait is from the end of one to the beginning of the next, also one that
  // began before it was measured: who is never served began to wait in the warm-up.
  const timed = () => {
    let clock = now();
    during = Atomics.load(phase, 0);
    if (during !== Phase.WARM_UP) longest = Math.max(longest, clock - left);
    const end = clock + inside;
    while (clock < end) clock = now();
    left = clock;
  };
  // An empty one does not: its waits are timed afterwards.
  const empty = () => {
    during = Atomics.load(phase, 0);
  };
  let section = inside > 0 ? timed : empty;

  // Nothing but the count lies between giving back and wanting again: the queue is never empty for long.
  for (let done = 1; during !== Phase.OVER; done++) {
    if (section === empty && during === Phase.TIMED) {
      section = timed;
      left = now();
    }
    const entered = enter(section, reads[done % TURNS] === true);
    if (entered !== undefined) await entered;
    counters[at] = done;
  }
  // Not served once while waits were timed.
  return section === empty ? MEASURED_MS : longest;
}

/** @param common with the longest wait of sections of 0 it takes as long again */
export async function contention(workers: number, common: Omit<Common, 'shared'>): Promise<Figures> {
  const shared = new SharedArrayBuffer(workers * STRIDE * 8);
  const { go, results } = await contest(import.meta.url, 'contend', workers, { ...common, shared });
  const counts = new Float64Array(shared);
  const look = () => Array.from({ length: workers }, (_, index) => counts[index * STRIDE] ?? 0);
  go(Phase.WARM_UP);
  await sleep(WARM_UP_MS * workers);
  go(Phase.MEASURED);
  const [before, cpu, began] = [look(), cpuMicros(), now()];
  await sleep(MEASURED_MS);
  const [after, took, used] = [look(), now() - began, cpuMicros() - cpu];
  if (common.section === 0) {
    go(Phase.TIMED);
    await sleep(MEASURED_MS);
  }
  go(Phase.OVER);
  // A process that ends while a worker holds the lock can hang for ever with locks that do not survive a death.
  const waits = await results();

  const shares = after.map((count, index) => count - (before[index] ?? 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  // One that does not come back waits for ever: so long at least.
  const most = waits.reduce<number>((max, wait) => Math.max(max, (wait as number | undefined) ?? COME_BACK_MS), 0);
  if (sum === 0) return { rate: 0, fairness: 0, most };
  return { rate: (sum / took) * 1000, cpu: used / sum, fairness: jain(shares), most };
}

/** Jain's index of fairness: 1 when all had the same, 1/n when one had all. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return squares === 0 ? 0 : (sum * sum) / (shares.length * squares);
}
