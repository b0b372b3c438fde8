/** Web Locks: this library's, and Node's own where it has them. */
import { Mutex } from '@eventfd/semaphore';
import { locks as ours } from '@eventfd/semaphore/web-locks';
import { median } from 'simple-statistics';
import { type Case, cannot, type Figures } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { ready, start } from '../measure/threads.js';
import { BLOCKING_ONLY, keepAlive, WEB_LOCKS_SINCE, webLocks } from '../subjects/lock.js';

const NO_LOCK_MANAGER = 'no LockManager: other cases have it';
const HANDED = 300;
const WARM_UP = 50;

/** In ms, from one moment on for all threads. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const nothing = () => {};

interface Manager {
  request(name: string, callback: () => unknown): Promise<unknown>;
  request(name: string, options: { ifAvailable: true }, callback: () => unknown): Promise<unknown>;
}

const managers: Readonly<Record<string, () => Manager>> = {
  ours: () => ours,
  nodes: () => webLocks() as unknown as Manager,
};

/** Has the lock, does something, gives it back. */
type Turn = () => Promise<unknown>;

interface Shared {
  readonly what: string;
  /** Under the lock: who had it last, and when it was about to give it back. */
  readonly last: Float64Array;
}

/** `onHanded` hears how long the lock was on its way from the other thread, in ms. */
function turnOf({ what, last }: Shared, me: number, onHanded: (time: number) => void): Turn {
  const section = () => {
    if (last[0] !== me) onHanded(now() - (last[1] as number));
    last[0] = me;
    last[1] = now();
  };
  if (what !== 'mutex') {
    const locks = managers[what]?.() as Manager;
    return () => locks.request('handed over', section);
  }
  const mutex = Mutex.open('handed over', { fair: true });
  return async () => {
    const guard = await mutex.lock();
    section();
    guard.unlock();
  };
}

/** For ever: the process ends by process.exit(), or this thread is ended. */
export async function takeTurns(shared: Shared): Promise<void> {
  keepAlive();
  const turn = turnOf(shared, 1, nothing);
  ready();
  for (;;) await turn();
}

/** The time from one thread's end of its section to the other's begin, in us: the median. */
async function handOver(what: string): Promise<number> {
  const shared = { what, last: new Float64Array(new SharedArrayBuffer(16)) };
  const times: number[] = [];
  const turn = turnOf(shared, 0, (time) => times.push(time));
  const other = start(import.meta.url, 'takeTurns', shared);
  await other.ready;
  while (times.length < WARM_UP + HANDED) await turn();
  await other.worker.terminate();
  return median(times.slice(WARM_UP)) * 1000;
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
    'A lock that is free is requested, with `ifAvailable` and without; then two threads request the same one again and again: ' +
    'the time that it takes from one to the other. Beside it the same with a fair Mutex.',
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
