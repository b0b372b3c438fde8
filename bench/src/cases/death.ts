/** The holder dies: when is the next one served, and is anything lost? */
import type { Worker } from 'node:worker_threads';
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { now, percentiles, sleep } from '../measure/clock.js';
import { ready, start } from '../measure/threads.js';
import { AtomicsSemaphore } from '../subjects/atomics.js';
import {
  ASYNC_ONLY,
  BLOCKING_ONLY,
  MORTICE_SINCE,
  MULTITHREADING_SINCE,
  ONE_THREAD,
  WEB_LOCKS_SINCE,
  webLocks,
} from '../subjects/lock.js';

const DEATHS = 30;
/** Who is not served in this time never is: nobody is left to wake it. */
const NEVER_MS = 500;

/** On the worker: takes the permit and holds it, however long. */
const holders: Record<string, (payload: unknown) => Promise<unknown>> = {
  async ours(payload) {
    const { Semaphore } = await import('@eventfd/semaphore');
    return Semaphore.from(payload as InstanceType<typeof Semaphore>).acquireSync();
  },
  async atomics(payload) {
    new AtomicsSemaphore(payload as SharedArrayBuffer).acquireSync();
  },
  async 'naive-eventfd'(payload) {
    const { attachNaive } = await import('../subjects/naive.js');
    return attachNaive(payload).acquireSync();
  },
  async multithreading(payload) {
    const { Semaphore } = await import('multithreading');
    const { unpack } = await import('../subjects/multithreading.js');
    return unpack(Semaphore, payload).blockingAcquire();
  },
  'web-locks': () =>
    new Promise((held) => {
      void webLocks().request('bench', () => {
        held(undefined);
        return new Promise(() => {});
      });
    }),
  async mortice() {
    const { default: create } = await import('mortice');
    return create({ name: 'bench' }).writeLock();
  },
};

declare global {
  var held: unknown;
}

export async function hold({ subject, payload }: { subject: string; payload: unknown }): Promise<void> {
  // Kept, so that no garbage collection gives it back.
  globalThis.held = await holders[subject]?.(payload);
  ready();
  // Dies with the permit in its hands.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** On the main thread. */
interface Waiter {
  readonly payload: unknown;
  /** Waits for the permit; the result gives it back. */
  wait(): Promise<() => void>;
  /** Permits that are neither free nor held at the end. */
  lost?(): number;
}

async function run(subject: string, make: () => Promise<Waiter>): Promise<Figures> {
  const waiter = await make();
  const alive = setInterval(() => {}, 1e6);
  const [afterEnd, afterCall]: [number[], number[]] = [[], []];
  let never = 0;
  for (let death = 0; death < DEATHS; death++) {
    const thread = start(import.meta.url, 'hold', { subject, payload: waiter.payload });
    await thread.ready;
    const served = waiter.wait().then((giveBack) => ({ at: now(), giveBack }));
    const called = now();
    await thread.worker.terminate();
    const ended = now();
    const outcome = await Promise.race([served, sleep(NEVER_MS)]);
    if (outcome === undefined) {
      // The permit is gone for good: no other worker would get it.
      never = 1;
      break;
    }
    afterEnd.push(Math.max(0, outcome.at - ended));
    afterCall.push(outcome.at - called);
    outcome.giveBack();
  }
  clearInterval(alive);
  const deaths = afterEnd.length + never;
  const lost = waiter.lost?.() ?? never;
  if (afterEnd.length === 0) return { served: 0, lost };
  const { p50, p99 } = percentiles(afterEnd);
  return { p50, p99, call: percentiles(afterCall).p50, served: (afterEnd.length / deaths) * 100, lost };
}

/** Who is not served once need not be tried five times. */
const PEER_ROUNDS = 2;

function entry(subject: string, make: () => Promise<Waiter>, more: Partial<Entry> = {}): Entry {
  return { way: { run: () => run(subject, make) }, quick: false, ...more };
}

export const death: Case = {
  id: 'death',
  title: 'Death of the holder: until the waiter is served',
  about:
    `A worker holds the only permit and is terminated; a promise on the main thread waits for it. ${DEATHS} deaths a ` +
    'process. The time from `await worker.terminate()` to the grant (0 when the grant came first), and from the call of ' +
    `terminate(). Whoever is not served within ${NEVER_MS} ms never is.`,
  points: [{}],
  rounds: 5,
  quickRounds: 1,
  metrics: {
    served: { unit: '%', title: 'served', better: 'more' },
    p50: { unit: 'ms', title: 'after the end, median', better: 'less' },
    p99: { unit: 'ms', title: 'p99', better: 'less' },
    call: { unit: 'ms', title: 'after the call', better: 'less' },
    lost: { unit: 'count', title: 'permits lost', better: 'less' },
  },
  subjects: {
    ours: entry(
      'ours',
      async () => {
        const { Semaphore } = await import('@eventfd/semaphore');
        const semaphore = new Semaphore(1);
        return {
          payload: semaphore,
          wait: async () => {
            const permit = await semaphore.acquire();
            return () => permit.release();
          },
          lost: () => Math.abs(1 - semaphore.available),
        };
      },
      { quick: true },
    ),
    'wait-async': entry(
      'atomics',
      async () => {
        const payload = AtomicsSemaphore.share(1);
        const semaphore = new AtomicsSemaphore(payload);
        return {
          payload,
          wait: async () => {
            await semaphore.acquire();
            return () => semaphore.release();
          },
        };
      },
      { rounds: PEER_ROUNDS, quick: true },
    ),
    'naive-eventfd': entry(
      'naive-eventfd',
      async () => {
        const { makeNaive } = await import('../subjects/naive.js');
        const semaphore = makeNaive(1);
        return {
          payload: semaphore,
          wait: async () => {
            const permit = await semaphore.acquire();
            return () => permit.release();
          },
        };
      },
      { rounds: PEER_ROUNDS },
    ),
    multithreading: entry(
      'multithreading',
      async () => {
        const { Semaphore } = await import('multithreading');
        const { pack } = await import('../subjects/multithreading.js');
        const semaphore = new Semaphore(1);
        return {
          payload: pack(semaphore),
          wait: async () => {
            const guard = await semaphore.acquire();
            return () => guard.dispose();
          },
        };
      },
      { since: MULTITHREADING_SINCE, rounds: PEER_ROUNDS },
    ),
    koffi: cannot(BLOCKING_ONLY),
    'async-mutex': cannot(ONE_THREAD),
    'web-locks': entry(
      'web-locks',
      async () => ({
        payload: undefined,
        wait: () =>
          new Promise((held) => {
            void webLocks().request('bench', () => new Promise<void>((giveBack) => held(giveBack)));
          }),
      }),
      { since: WEB_LOCKS_SINCE, rounds: PEER_ROUNDS },
    ),
    mortice: entry(
      'mortice',
      async () => {
        const { default: create } = await import('mortice');
        const lock = create({ name: 'bench' });
        return { payload: undefined, wait: () => lock.writeLock() };
      },
      { since: MORTICE_SINCE, rounds: PEER_ROUNDS },
    ),
  },
};

const BLOCKED = 20;

const blockers: Record<string, (payload: unknown) => Promise<unknown>> = {
  async ours(payload) {
    const { Semaphore } = await import('@eventfd/semaphore');
    const semaphore = Semaphore.from(payload as InstanceType<typeof Semaphore>);
    ready();
    return semaphore.acquireSync();
  },
  async atomics(payload) {
    const semaphore = new AtomicsSemaphore(payload as SharedArrayBuffer);
    ready();
    semaphore.acquireSync();
  },
  async 'naive-eventfd'(payload) {
    const { attachNaive } = await import('../subjects/naive.js');
    const semaphore = attachNaive(payload);
    ready();
    return semaphore.acquireSync();
  },
  async multithreading(payload) {
    const { Semaphore } = await import('multithreading');
    const { unpack } = await import('../subjects/multithreading.js');
    const semaphore = unpack(Semaphore, payload);
    ready();
    return semaphore.blockingAcquire();
  },
  async koffi(payload) {
    const { KoffiEventfd } = await import('../subjects/koffi.js');
    const semaphore = new KoffiEventfd(payload as number);
    ready();
    semaphore.acquireSync();
  },
};

export async function block({ subject, payload }: { subject: string; payload: unknown }): Promise<unknown> {
  return blockers[subject]?.(payload);
}

/** What each subject's blocked workers wait for: a semaphore without a permit. */
export async function emptySemaphore(subject: string): Promise<unknown> {
  if (subject === 'atomics') return AtomicsSemaphore.share(0);
  if (subject === 'naive-eventfd') return (await import('../subjects/naive.js')).makeNaive(0);
  if (subject === 'multithreading') {
    const { Semaphore } = await import('multithreading');
    return (await import('../subjects/multithreading.js')).pack(new Semaphore(0));
  }
  if (subject === 'koffi') return (await import('../subjects/koffi.js')).KoffiEventfd.share(0);
  const { Semaphore } = await import('@eventfd/semaphore');
  return new Semaphore(0);
}

export async function blockedWorker(subject: string, payload: unknown): Promise<Worker> {
  const thread = start(import.meta.url, 'block', { subject, payload });
  await thread.ready;
  return thread.worker;
}

async function runTerminate(subject: string): Promise<Figures> {
  const payload = await emptySemaphore(subject);
  const times: number[] = [];
  for (let i = 0; i < BLOCKED; i++) {
    const worker = await blockedWorker(subject, payload);
    await sleep(5 + i);
    const called = now();
    await worker.terminate();
    times.push(now() - called);
  }
  return { p50: percentiles(times).p50, most: Math.max(...times) };
}

export function blocked(subject: string, run: (subject: string) => Promise<Figures>): Entry {
  return { way: { run: () => run(subject) }, quick: false };
}

export const terminate: Case = {
  id: 'terminate',
  title: 'terminate() of a worker that is blocked',
  about: `A worker blocks in a synchronous wait for a permit that never comes. ${BLOCKED} of them, one after the other.`,
  points: [{}],
  rounds: 3,
  deadline: 10_000,
  metrics: {
    p50: { unit: 'ms', title: 'median', better: 'less' },
    most: { unit: 'ms', title: 'the longest', better: 'less' },
  },
  subjects: {
    ours: blocked('ours', runTerminate),
    atomics: blocked('atomics', runTerminate),
    'naive-eventfd': blocked('naive-eventfd', runTerminate),
    koffi: blocked('koffi', runTerminate),
    multithreading: { ...blocked('multithreading', runTerminate), since: MULTITHREADING_SINCE },
    'web-locks': cannot(ASYNC_ONLY),
    mortice: cannot(ASYNC_ONLY),
    'async-mutex': cannot(ASYNC_ONLY),
  },
};
