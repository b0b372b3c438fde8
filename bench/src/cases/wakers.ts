/** The ways in which a thread can be woken, of which each system has one by itself: what they cost. */
import { type Case, cannot, type Entry, type Figures, type Point } from '../harness/types.js';
import { now, percentiles, sleep } from '../measure/clock.js';
import { randomFrom } from '../measure/random.js';
import { ONE_THREAD } from '../subjects/lock.js';
import { blockedWorker, emptySemaphore } from './death.js';
import { runAsync, runSync } from './hand-off.js';

/** As long as a blocked thread may sleep that hears nothing of its loop: terminate() comes anywhere in it. */
const SLICE_MS = 40;

/** terminate() of so many threads that are blocked, one after the other, at times that have no part in how they sleep. */
async function terminations(subject: string, count: number): Promise<number[]> {
  const payload = await emptySemaphore(subject);
  const random = randomFrom(1);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const worker = await blockedWorker(subject, payload);
    await sleep(5 + random() * SLICE_MS);
    const called = now();
    await worker.terminate();
    times.push(now() - called);
  }
  return times;
}

async function figuresOf(sync: Figures, async: Figures, subject: string, point: Point): Promise<Figures> {
  const ended = percentiles(await terminations(subject, point['terminations'] ?? 0));
  return {
    sync: sync['p50'] ?? Number.NaN,
    'sync-p99': sync['p99'] ?? Number.NaN,
    async: async['p50'] ?? Number.NaN,
    'async-p99': async['p99'] ?? Number.NaN,
    terminate: ended.p50,
    'terminate-p99': ended.p99,
  };
}

async function runWith(waker: string, point: Point): Promise<Figures> {
  const { native } = await import('eventfd/internal');
  if (native.waker !== waker) throw new Error(`asked for the waker ${waker}, got ${native.waker}`);
  // One that spins is seldom woken.
  return figuresOf(await runSync('ours-parked'), await runAsync('ours-parked'), 'ours', point);
}

/** The addon reads the name when a thread loads it. */
const waker = (name: string): Entry => ({
  way: { run: (point) => runWith(name, point) },
  env: { EVENTFD_WAKER: name },
});
const oneWay = cannot('has one way to be woken: see hand-off-sync, hand-off-async and terminate');

export const wakers: Case = {
  id: 'wakers',
  title: 'How a thread is woken',
  about:
    'This library with each of its wakers: the one that Linux has by itself, and those for other systems, on the same ' +
    'machine. Round trips as in the hand-offs, without a spin, and terminate() of a worker that is blocked in a ' +
    'synchronous wait, at random moments. It says what each way costs here, and nothing of the other systems.',
  points: [{ terminations: 100 }],
  quick: false,
  quickPoints: [{ terminations: 20 }],
  rounds: 3,
  quickRounds: 1,
  deadline: 60_000,
  metrics: {
    sync: { unit: 'us', title: 'sync round trip, median', better: 'less' },
    'sync-p99': { unit: 'us', title: 'p99', better: 'less' },
    async: { unit: 'us', title: 'async round trip, median', better: 'less' },
    'async-p99': { unit: 'us', title: 'p99', better: 'less' },
    terminate: { unit: 'ms', title: 'terminate(), median', better: 'less' },
    'terminate-p99': { unit: 'ms', title: 'p99', better: 'less' },
  },
  drawn: ['sync', 'async', 'terminate'],
  subjects: {
    ours: waker('eventfd'),
    'waker-pipe': waker('pipe'),
    'waker-async': waker('async'),
    'waker-futex': waker('futex'),
    atomics: {
      way: {
        run: async (point) => figuresOf(await runSync('atomics'), await runAsync('wait-async'), 'atomics', point),
      },
    },
    multithreading: oneWay,
    'web-locks': oneWay,
    mortice: oneWay,
    'async-mutex': cannot(ONE_THREAD),
  },
};
