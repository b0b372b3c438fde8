/** Two threads wake each other in turn: a round trip is there and back, two hand-offs. */
import { type Case, cannot, type Entry, type Figures, type Metric } from '../harness/types.js';
import { cpuMicros, now, percentiles } from '../measure/clock.js';
import { ready, start } from '../measure/threads.js';
import {
  ASYNC_ONLY,
  BLOCKING_ONLY,
  MORTICE_SINCE,
  MULTITHREADING_SINCE,
  ONE_THREAD,
  WEB_LOCKS_SINCE,
} from '../subjects/lock.js';
import { type AsyncWay, asyncWays, type SyncWay, syncWays, type Ways } from '../subjects/signals.js';

const ROUNDS = 12_000;
const WARM_UP = 3_000;

interface Answer {
  readonly subject: string;
  readonly there: readonly unknown[];
  /** How often the other thread was woken, which it writes before it answers. */
  readonly woken: SharedArrayBuffer;
}

export async function answerSync({ subject, there, ...shared }: Answer): Promise<void> {
  const ways = await syncWays[subject as keyof typeof syncWays]();
  const [from, to] = [await ways.attach(there[0]), await ways.attach(there[1])];
  const woken = new Int32Array(shared.woken);
  ready();
  for (let i = 0; i < ROUNDS + WARM_UP; i++) {
    from.waitSync();
    woken[0] = i + 1;
    to.post();
  }
}

export async function answerAsync({ subject, there, ...shared }: Answer): Promise<void> {
  const ways = await asyncWays[subject as keyof typeof asyncWays]();
  const [from, to] = [await ways.attach(there[0]), await ways.attach(there[1])];
  // Atomics.waitAsync does not keep a loop alive; the others do not mind.
  const alive = setInterval(() => {}, 1e6);
  const woken = new Int32Array(shared.woken);
  ready();
  for (let i = 0; i < ROUNDS + WARM_UP; i++) {
    await from.wait();
    woken[0] = i + 1;
    to.post();
  }
  clearInterval(alive);
}

async function openWith<W>(make: () => Promise<Ways<W>>, subject: string, name: string) {
  const ways = await make();
  const { here, there, transfer } = await ways.open();
  const woken = new SharedArrayBuffer(4);
  const thread = start(import.meta.url, name, { subject, there, woken } satisfies Answer, transfer);
  await thread.ready;
  await ways.begin?.();
  return { to: here[0] as W, from: here[1] as W, woken: new Int32Array(woken) };
}

/** A lock that goes back to whoever let go of it would be quick, and no hand-off. */
function mustHaveAnswered(woken: Int32Array, times: number): void {
  if (woken[0] !== times) throw new Error(`the other thread was woken ${woken[0]} times, not ${times}`);
}

function figures(times: Float64Array, cpu: number, took: number): Figures {
  return { ...percentiles(times), mean: (took * 1000) / ROUNDS, cpu: cpu / ROUNDS };
}

export async function runSync(subject: keyof typeof syncWays): Promise<Figures> {
  const { to, from, woken } = await openWith<SyncWay>(syncWays[subject], subject, 'answerSync');
  const times = new Float64Array(ROUNDS);
  let [cpu, began] = [0, 0];
  for (let i = -WARM_UP; i < ROUNDS; i++) {
    if (i === 0) [cpu, began] = [cpuMicros(), now()];
    const start = now();
    to.post();
    from.waitSync();
    if (i >= 0) times[i] = (now() - start) * 1000;
    mustHaveAnswered(woken, i + WARM_UP + 1);
  }
  return figures(times, cpuMicros() - cpu, now() - began);
}

export async function runAsync(subject: keyof typeof asyncWays): Promise<Figures> {
  const { to, from, woken } = await openWith<AsyncWay>(asyncWays[subject], subject, 'answerAsync');
  const alive = setInterval(() => {}, 1e6);
  const times = new Float64Array(ROUNDS);
  let [cpu, began] = [0, 0];
  for (let i = -WARM_UP; i < ROUNDS; i++) {
    if (i === 0) [cpu, began] = [cpuMicros(), now()];
    const start = now();
    to.post();
    await from.wait();
    if (i >= 0) times[i] = (now() - start) * 1000;
    mustHaveAnswered(woken, i + WARM_UP + 1);
  }
  clearInterval(alive);
  return figures(times, cpuMicros() - cpu, now() - began);
}

const sync = (subject: keyof typeof syncWays): Entry => ({ way: { run: () => runSync(subject) } });
const async = (subject: keyof typeof asyncWays): Entry => ({ way: { run: () => runAsync(subject) } });
const floor = (what: string): Entry => ({ way: { floor: () => ['handoff', what, String(ROUNDS)] } });

const drawn = ['p50', 'cpu'];
const metrics: Record<string, Metric> = {
  p50: { unit: 'us', title: 'round trip, median', better: 'less' },
  p99: { unit: 'us', title: 'p99', better: 'less' },
  mean: { unit: 'us', title: 'mean', better: 'less' },
  cpu: { unit: 'us', title: 'CPU', better: 'less', cost: true },
};

export const handOffSync: Case = {
  id: 'hand-off-sync',
  title: 'Hand-off, sync: two threads wake each other in turn',
  about:
    'Each thread blocks until the other wakes it. A round trip is two hand-offs. CPU is that of both threads for a ' +
    'round trip. With a core for each thread a spin can catch the wake-up; with one it cannot, and "no spin" is what is left.',
  points: [{}],
  metrics,
  drawn,
  subjects: {
    ours: sync('ours'),
    'ours-parked': sync('ours-parked'),
    atomics: sync('atomics'),
    multithreading: { ...sync('multithreading'), since: MULTITHREADING_SINCE, quick: false },
    'naive-eventfd': { ...sync('naive-eventfd'), quick: false },
    koffi: { ...sync('koffi'), quick: false },
    'c-eventfd': floor('eventfd'),
    'c-futex': { ...floor('futex'), quick: false },
    'glibc-sem': { ...floor('sem'), quick: false },
    'message-port': cannot('receiveMessageOnPort does not wait: a blocked thread gets no message'),
    'web-locks': cannot(ASYNC_ONLY),
    mortice: cannot(ASYNC_ONLY),
    'async-mutex': cannot(ONE_THREAD),
  },
};

export const handOffAsync: Case = {
  id: 'hand-off-async',
  title: 'Hand-off, async: two event loops wake each other in turn',
  about:
    'Each thread awaits the other. A round trip is two hand-offs. CPU is that of both threads for a round trip. What has ' +
    'only a lock hands that over: whoever has it asks for it again, behind the other, and lets go. multithreading ' +
    'sends through its channel.',
  points: [{}],
  metrics,
  drawn,
  subjects: {
    ours: async('ours'),
    'ours-parked': async('ours-parked'),
    'wait-async': async('wait-async'),
    'message-port': async('message-port'),
    multithreading: { ...async('multithreading'), since: MULTITHREADING_SINCE, quick: false },
    'web-locks': { ...async('web-locks'), since: WEB_LOCKS_SINCE, quick: false },
    mortice: { ...async('mortice'), since: MORTICE_SINCE, quick: false },
    'naive-eventfd': { ...async('naive-eventfd'), quick: false },
    'c-epoll': floor('epoll'),
    'async-mutex': cannot(ONE_THREAD),
    koffi: cannot(BLOCKING_ONLY),
  },
};
