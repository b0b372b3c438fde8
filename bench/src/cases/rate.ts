/** A rate: what a permit of it costs that is there, and how exactly eight threads keep it together. */
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { now, sleep } from '../measure/clock.js';
import { ready, start } from '../measure/threads.js';

const NO_RATE = cannot('a lock, and no rate');
const ALONE = cannot('a rate of one thread: each of 8 would have one of its own, 8 times the rate');

/** Permits a second: more than can be asked for, and what the clock counts at most. */
const PLENTY = 1e8;

function loop(make: () => Promise<(n: number) => void | Promise<void>>): Entry {
  return { way: { run: async () => nsPerOperation(await make()) } };
}

function all(had: number, n: number): void {
  if (had !== n) throw new Error(`${n - had} of ${n} were refused`);
}

export const rate: Case = {
  id: 'rate',
  title: 'Uncontended permit of a rate',
  about:
    'One thread asks for permits of a rate that has plenty. Ours reads the monotonic clock and changes a word that all threads ' +
    'share, by a call into C++; limiter counts in objects of its thread. rate-limiter-flexible, in memory, has no other form than a promise.',
  points: [{}],
  quick: false,
  metrics: { time: { unit: 'ns', title: 'a permit', better: 'less' } },
  subjects: {
    ours: loop(async () => {
      const { RateLimit } = await import('@eventfd/semaphore');
      const limit = new RateLimit({ limit: PLENTY });
      return (n) => {
        let had = 0;
        for (let i = 0; i < n; i++) if (limit.tryAcquire()) had++;
        all(had, n);
      };
    }),
    'ours-async': loop(async () => {
      const { RateLimit } = await import('@eventfd/semaphore');
      const limit = new RateLimit({ limit: PLENTY });
      return async (n) => {
        for (let i = 0; i < n; i++) await limit.acquire();
      };
    }),
    limiter: loop(async () => {
      const { RateLimiter } = await import('limiter');
      const limit = new RateLimiter({ tokensPerInterval: PLENTY, interval: 'second' });
      return (n) => {
        let had = 0;
        for (let i = 0; i < n; i++) if (limit.tryRemoveTokens(1)) had++;
        all(had, n);
      };
    }),
    'rate-limiter-flexible': loop(async () => {
      const { RateLimiterMemory } = await import('rate-limiter-flexible');
      const limit = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 3600 });
      return async (n) => {
        for (let i = 0; i < n; i++) await limit.consume('key');
      };
    }),
    promise: loop(async () => async (n) => {
      for (let i = 0; i < n; i++) await Promise.resolve(i);
    }),
    atomics: NO_RATE,
    multithreading: NO_RATE,
    mortice: NO_RATE,
    'web-locks': NO_RATE,
    'async-mutex': NO_RATE,
  },
};

const THREADS = 8;
const PER_SECOND = 1000;
const ERROR_MS = 10_000;
const TAKE_MS = 500;

/** Words that all threads see: permits had in all, and whether it is over. */
const [HAD, OVER] = [0, 1];

interface Share {
  readonly limit: unknown;
  readonly words: SharedArrayBuffer;
}

async function attach({ limit, words }: Share) {
  const { RateLimit } = await import('@eventfd/semaphore');
  return { limit: RateLimit.from(limit as InstanceType<typeof RateLimit>), words: new Int32Array(words) };
}

/** A thread that never waits. How many it had of what it asked for, and how long that took it. */
export async function take(share: Share): Promise<number> {
  const { limit, words } = await attach(share);
  let had = 0;
  const turn = (n: number) => {
    for (let i = 0; i < n; i++) if (limit.tryAcquire()) had++;
  };
  turn(10_000);
  ready();
  Atomics.wait(words, OVER, 0);
  had = 0;
  for (const end = now() + TAKE_MS; now() < end; ) turn(1000);
  return had;
}

/** One that waits for each permit: every other thread is blocked, the others await two at a time. */
export async function draw({ blocks, ...share }: Share & { blocks: boolean }): Promise<void> {
  const { limit, words } = await attach(share);
  ready();
  const over = () => Atomics.load(words, OVER) !== 0;
  const blocked = () => {
    for (; !over(); Atomics.add(words, HAD, 1)) limit.acquireSync();
  };
  const awaited = async () => {
    for (; !over(); Atomics.add(words, HAD, 1)) await limit.acquire();
  };
  if (blocks) blocked();
  else await Promise.all([awaited(), awaited()]);
}

async function together(): Promise<Figures> {
  const { RateLimit } = await import('@eventfd/semaphore');
  const share = (limit: unknown): Share => ({ limit, words: new SharedArrayBuffer(8) });

  const taking = share(new RateLimit({ limit: PLENTY }));
  const takers = Array.from({ length: THREADS }, () => start(import.meta.url, 'take', taking));
  await Promise.all(takers.map((each) => each.ready));
  const go = new Int32Array(taking.words);
  const began = now();
  Atomics.store(go, OVER, 1);
  Atomics.notify(go, OVER);
  const had = await Promise.all(takers.map(({ result }) => result as Promise<number>));
  const time = ((now() - began) * 1e6) / had.reduce((sum, each) => sum + each, 0);

  const drawing = share(new RateLimit({ limit: PER_SECOND, burst: 1 }));
  const drawers = Array.from({ length: THREADS }, (_, i) =>
    start(import.meta.url, 'draw', { ...drawing, blocks: i % 2 === 0 }),
  );
  await Promise.all(drawers.map((each) => each.ready));
  await sleep(200); // until all stand in the queue
  const words = new Int32Array(drawing.words);
  const [first, since] = [Atomics.load(words, HAD), now()];
  await sleep(ERROR_MS);
  const expected = ((now() - since) * PER_SECOND) / 1000;
  const error = Math.abs((Atomics.load(words, HAD) - first) / expected - 1) * 100;
  Atomics.store(words, OVER, 1);
  await Promise.all(drawers.map(({ result }) => result));
  return { error, time };
}

export const rateTogether: Case = {
  id: 'rate-together',
  title: `A rate of ${PER_SECOND} a second that ${THREADS} threads share`,
  about:
    `${THREADS} threads wait for permits, blocked and awaited, one after the other for ${ERROR_MS / 1000} s, and by how much what they had ` +
    'in all differs from the rate; before that, of a rate that has plenty, how long it takes from one permit to the next of all ' +
    'threads together. Peers that count on one thread have no such rate.',
  points: [{}],
  seconds: ERROR_MS / 1000,
  rounds: 2,
  metrics: {
    error: { unit: '%', title: 'error', better: 'less' },
    time: { unit: 'ns', title: 'a permit', better: 'less' },
  },
  subjects: {
    ours: { way: { run: together }, quick: false },
    limiter: ALONE,
    'rate-limiter-flexible': ALONE,
    atomics: NO_RATE,
    multithreading: NO_RATE,
    mortice: NO_RATE,
    'web-locks': NO_RATE,
    'async-mutex': NO_RATE,
  },
};
