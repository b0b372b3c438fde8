/** A limit that several processes share: what a permit costs a process that nobody competes with. */
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { nsPerOperation } from '../measure/batches.js';
import { percentiles } from '../measure/clock.js';
import { now } from '../measure/fleet.js';
import { lease, limitOf, needsOf, type Site, startSite } from '../subjects/leases.js';

/** Starts the server, and ends it again. */
export function withServer(subject: string, run: (site: Site) => Promise<Figures>): Entry {
  return {
    way: {
      run: async () => {
        const { site, server } = await startSite(subject);
        try {
          return await run(site);
        } finally {
          await server?.stop();
        }
      },
    },
    needs: needsOf(subject),
    quick: false,
  };
}

const PEERS = ['multithreading', 'mortice', 'web-locks', 'async-mutex', 'atomics'];
/** Who knows nothing of other processes. */
export const peersOfOneProcess = Object.fromEntries(
  PEERS.map((subject) => [subject, cannot('within one process only')]),
);

const TURNS = 300;

/** A peer's: each takes far longer than a look at the clock, and a batch of a thousand would take a second. */
async function oneByOne(subject: string, site: Site): Promise<Figures> {
  const limit = await limitOf(subject, site, 4);
  const times: number[] = [];
  for (let i = 0; i < TURNS; i++) {
    const began = now();
    const giveBack = await limit.take();
    await giveBack();
    times.push(now() - began);
  }
  return { time: percentiles(times).p50 * 1e6 };
}

async function whileLeased(site: Site): Promise<Figures> {
  const { semaphore } = await lease(site, 4);
  (await semaphore.acquire()).release();
  return nsPerOperation(async (n) => {
    for (let i = 0; i < n; i++) (await semaphore.acquire()).release();
  });
}

export const leased: Case = {
  id: 'lease',
  title: 'Uncontended, of a limit that processes share: await and give back',
  about:
    'One process, nobody else. A leased permit is taken from a Semaphore of the process; the others ask the server for each. ' +
    'The server is on the same machine: over a network a round trip takes longer.',
  points: [{}],
  rounds: 3,
  deadline: 30_000,
  metrics: { time: { unit: 'ns', title: 'await and give back', better: 'less' } },
  subjects: {
    'ours-leased': withServer('ours-leased', whileLeased),
    'ours-leased-postgres': withServer('ours-leased-postgres', whileLeased),
    'ours-leased-machine': withServer('ours-leased-machine', whileLeased),
    ours: {
      quick: false,
      way: {
        run: async () => {
          const { Semaphore } = await import('@eventfd/semaphore');
          const semaphore = new Semaphore(4);
          return nsPerOperation(async (n) => {
            for (let i = 0; i < n; i++) (await semaphore.acquire()).release();
          });
        },
      },
    },
    'redis-semaphore': withServer('redis-semaphore', (site) => oneByOne('redis-semaphore', site)),
    bottleneck: withServer('bottleneck', (site) => oneByOne('bottleneck', site)),
    ...peersOfOneProcess,
  },
};
