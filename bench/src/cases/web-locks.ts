/** Web Locks: this library's, and Node's own where it has them. */
import { Mutex } from '@eventfd/semaphore';
import { locks as ours } from '@eventfd/semaphore/web-locks';
import { type Case, cannot, type Figures } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { now } from '../measure/clock.js';
import { ready, start } from '../measure/threads.js';
import { BLOCKING_ONLY, keepAlive, WEB_LOCKS_SINCE, webLocks } from '../subjects/lock.js';

const NO_LOCK_MANAGER = 'no LockManager: other cases have it';
const TURNS = 10_000;
const WARM_UP = 2_000;
const nothing = () => {};

interface Manager {
  request(name: string, callback: () => unknown): Promise<unknown>;
  request(name: string, options: { ifAvailable: true }, callback: () => unknown): Promise<unknown>;
}

const managers: Readonly<Record<string, () => Manager>> = {
  ours: () => ours,
  nodes: () => webLocks() as unknown as Manager,
};

/** One turn, after which the other thread has its own: it has asked by then. */
type Turn = () => Promise<unknown>;

function turnOf(what: string): Turn {
  if (what !== 'mutex') {
    const locks = managers[what]?.() as Manager;
    return () => locks.request('handed over', nothing);
  }
  const mutex = Mutex.open('handed over', { fair: true });
  return async () => (await mutex.lock()).unlock();
}

/** For ever: the process ends by process.exit(). */
export async function takeTurns(what: string): Promise<void> {
  keepAlive();
  const turn = turnOf(what);
  ready();
  for (;;) await turn();
}

/** The time from one thread's lock to the other's, in us. */
async function handOver(what: string): Promise<number> {
  const turn = turnOf(what);
  await start(import.meta.url, 'takeTurns', what).ready;
  for (let i = 0; i < WARM_UP; i++) await turn();
  const began = now();
  for (let i = 0; i < TURNS; i++) await turn();
  // The other has had as many.
  return ((now() - began) * 1000) / (2 * TURNS);
}

async function alone(what: string): Promise<Figures> {
  const locks = managers[what]?.() as Manager;
  const { time = Number.NaN } = await nsPerOperation(async (n) => {
    for (let i = 0; i < n; i++) await locks.request('bench', nothing);
  });
  const { time: available = Number.NaN } = await nsPerOperation(async (n) => {
    for (let i = 0; i < n; i++) await locks.request('bench', { ifAvailable: true }, nothing);
  });
  return { time, available };
}

async function runOurs(): Promise<Figures> {
  const figures = await alone('ours');
  const mutex = await handOver('mutex');
  const handed = await handOver('ours');
  return { ...figures, handed, mutex, more: handed - mutex };
}

export const webLocksCase: Case = {
  id: 'web-locks',
  title: 'Web Locks: request and hand over',
  about:
    'A lock that is free is requested, with `ifAvailable` and without; then two threads request the same one in turn, and so ' +
    'hand it to each other each time. Beside it the same with a fair Mutex.',
  points: [{}],
  rounds: 3,
  deadline: 60_000,
  metrics: {
    time: { unit: 'ns', title: 'request one that is free', better: 'less' },
    available: { unit: 'ns', title: 'the same, ifAvailable', better: 'less' },
    handed: { unit: 'us', title: 'hand over', better: 'less' },
    mutex: { unit: 'us', title: 'hand over a fair Mutex', better: 'less' },
    more: { unit: 'us', title: 'the difference', better: 'less' },
  },
  subjects: {
    ours: { way: { run: runOurs } },
    'web-locks': {
      way: { run: async () => ({ ...(await alone('nodes')), handed: await handOver('nodes') }) },
      since: WEB_LOCKS_SINCE,
    },
    mortice: cannot(NO_LOCK_MANAGER),
    'async-mutex': cannot(NO_LOCK_MANAGER),
    multithreading: cannot(NO_LOCK_MANAGER),
    atomics: cannot(NO_LOCK_MANAGER),
    koffi: cannot(BLOCKING_ONLY),
  },
};
