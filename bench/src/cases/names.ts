/** Objects by their names: what it costs to find one, to use it, and to have used many. */
import { median } from 'simple-statistics';
import { type Case, cannot, type Figures } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { now } from '../measure/clock.js';
import { collector } from '../measure/collect.js';
import { BLOCKING_ONLY, WEB_LOCKS_SINCE } from '../subjects/lock.js';

const KEYS = 1_000_000;
/** Before the memory is looked at: what a program grows to in any case. */
const BEFORE = 500_000;
const BATCH = 1000;
const BATCHES = 200;

/** Uses so many keys, from one on. */
type Use = (from: number, count: number) => void | Promise<void>;

/**
 * The time for each key; what they leave that nothing will collect; and what the process grew by, in MB. What V8 keeps
 * of pages for later, and that is most, is in the last alone.
 */
async function inTurn(use: Use, keys = KEYS): Promise<Figures> {
  const collect = collector();
  const look = () => {
    collect();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    return { rss, kept: rss - heapTotal + heapUsed };
  };
  await use(0, Math.min(BEFORE, keys));
  const before = look();
  const start = now();
  await use(BEFORE, keys);
  const took = now() - start;
  const after = look();
  return {
    key: (took * 1e6) / keys,
    left: Math.max(0, after.kept - before.kept) / 1e6,
    grown: Math.max(0, after.rss - before.rss) / 1e6,
  };
}

/** In ns, without the letting go: the median of batches. */
function timeToOpen(open: () => Disposable): number {
  const times: number[] = [];
  const opened: Disposable[] = [];
  for (let batch = -BATCHES; batch < BATCHES; batch++) {
    const start = now();
    for (let i = 0; i < BATCH; i++) opened.push(open());
    if (batch >= 0) times.push(((now() - start) * 1e6) / BATCH);
    for (const each of opened.splice(0)) each[Symbol.dispose]();
  }
  return median(times);
}

async function ours(): Promise<Figures> {
  const { Mutex, Semaphore } = await import('@eventfd/semaphore');
  const semaphore = Semaphore.open('bench', 4);
  const { time = Number.NaN } = await nsPerOperation((n) => {
    for (let i = 0; i < n; i++) semaphore.tryAcquire()?.release();
  });
  const open = timeToOpen(() => Semaphore.open('bench', 4));
  const keys = await inTurn((from, count) => {
    for (let i = from; i < from + count; i++) {
      const mutex = Mutex.open(`user:${i}`);
      mutex.lockSync().unlock();
      mutex[Symbol.dispose]();
    }
  });
  return { time, open, ...keys };
}

async function webLocks(): Promise<Figures> {
  const { webLocks: get } = await import('../subjects/lock.js');
  const locks = get();
  const { time = Number.NaN } = await nsPerOperation(async (n) => {
    for (let i = 0; i < n; i++) await locks.request('bench', () => {});
  });
  const keys = await inTurn(async (from, count) => {
    for (let i = from; i < from + count; i++) await locks.request(`user:${i}`, () => {});
  }, KEYS / 10);
  return { time, ...keys };
}

export const names: Case = {
  id: 'names',
  title: 'Names: a lock for each key',
  about:
    'A named semaphore is taken and given back, uncontended; one that is there is opened; and a million keys are ' +
    'locked in turn, after which nobody uses them. Of Web Locks, which are promises alone, a tenth of the keys. What they leave is ' +
    'what is alive in the heap after a garbage collection, and what the process has beside the heap. The growth of the process ' +
    '(resident) has what V8 keeps of pages for later, too.',
  points: [{}],
  quick: false,
  seconds: 4,
  rounds: 3,
  deadline: 60_000,
  metrics: {
    time: { unit: 'ns', title: 'take and give back', better: 'less' },
    open: { unit: 'ns', title: 'open one that is there', better: 'less' },
    key: { unit: 'ns', title: 'a key that is new: lock, unlock', better: 'less' },
    left: { unit: 'MB', title: 'left by all keys', better: 'less' },
    grown: { unit: 'MB', title: 'growth of the process', better: 'less' },
  },
  subjects: {
    ours: { way: { run: ours } },
    'web-locks': { way: { run: webLocks }, since: WEB_LOCKS_SINCE, quick: false },
    mortice: cannot('its locks are kept by name, and none is freed by itself: not meant for so many'),
    'async-mutex': cannot('no names, and one thread only'),
    multithreading: cannot('no names'),
    atomics: cannot('no names'),
    koffi: cannot(BLOCKING_ONLY),
  },
};
