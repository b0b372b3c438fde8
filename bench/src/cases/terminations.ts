/** Workers that take and give back permits, killed wherever they happen to be. */
import { randomInt } from 'node:crypto';
import { type Case, cannot, type Figures } from '../harness/types.js';
import { ready, start } from '../measure/threads.js';
import { ONE_THREAD } from '../subjects/lock.js';

const TERMINATIONS = 1000;
const AT_ONCE = 3;
const PERMITS = 2;
/** What is not served in this time is stuck. */
const STUCK_MS = 5000;

/** On the worker, until it is terminated: every way to take a permit, and some that wait. */
export async function hammer(payload: unknown): Promise<void> {
  const { Semaphore } = await import('@eventfd/semaphore');
  const semaphore = Semaphore.from(payload as InstanceType<typeof Semaphore>);
  ready();
  for (let turn = 0; ; turn++) {
    if (turn % 3 === 0) semaphore.tryAcquire()?.release();
    else if (turn % 3 === 1) semaphore.acquireSync().release();
    else (await semaphore.acquire()).release();
  }
}

function spin(microseconds: number): void {
  const until = performance.now() + microseconds / 1000;
  while (performance.now() < until);
}

async function run(): Promise<Figures> {
  const { Semaphore } = await import('@eventfd/semaphore');
  const semaphore = new Semaphore(PERMITS);
  let ended = 0;
  let stuck = 0;
  const killer = async () => {
    while (ended < TERMINATIONS) {
      const { worker, ready } = start(import.meta.url, 'hammer', semaphore);
      await ready;
      spin(randomInt(300));
      await worker.terminate();
      ended++;
      // Somebody waits most of the time, and must be served whatever the dead one was doing.
      try {
        (await semaphore.acquire({ timeout: STUCK_MS })).release();
      } catch {
        stuck++;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, killer));
  return { terminations: ended, lost: Math.abs(PERMITS - semaphore.available), stuck: stuck + semaphore.waiting };
}

export const terminations: Case = {
  id: 'terminations',
  title: `Terminations: ${TERMINATIONS} workers killed at random points, in each process`,
  about:
    `${AT_ONCE} workers at a time acquire and release in every way there is and are terminated up to 0.3 ms after they ` +
    'began. Lost: permits that are neither free nor held in the end, or that there are too many of. Stuck: waits that nobody served.',
  points: [{}],
  seconds: 20,
  rounds: 3,
  checkRounds: 10,
  quickRounds: 1,
  // Nothing here is a time: a busy machine only kills workers at other points.
  timed: false,
  deadline: 240_000,
  metrics: {
    lost: { unit: 'count', title: 'permits lost', better: 'less' },
    stuck: { unit: 'count', title: 'waiters stuck', better: 'less' },
    terminations: { unit: 'count', title: 'terminations', better: 'more' },
  },
  subjects: {
    ours: { way: { run }, quick: false },
    'async-mutex': cannot(ONE_THREAD),
    ...Object.fromEntries(
      ['atomics', 'multithreading', 'naive-eventfd', 'koffi', 'mortice', 'web-locks'].map((peer) => [
        peer,
        cannot('does not outlive the first death of a holder: see there'),
      ]),
    ),
  },
};
