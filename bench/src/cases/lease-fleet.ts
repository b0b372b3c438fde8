/** A limit that several processes share: how a permit goes from one to another, and what is sent to the server. */
import { type Case, cannot, type Entry, type Figures } from '../harness/types.js';
import { percentiles, sleep } from '../measure/clock.js';
import { member, monitor, now } from '../measure/fleet.js';
import { carry } from '../measure/load.js';
import { lease, limitOf, pinger, type Site } from '../subjects/leases.js';
import { peersOfOneProcess, withServer } from './lease.js';

const HAND_OVERS = 60;
/** So long a process has waited before a permit is given back: all that it had to tell has been told. */
const SETTLED_MS = 20;

/** One permit, held here while another process waits for it. A round trip is measured in the same state, between two of them. */
async function handOver(subject: string, site: Site): Promise<Figures> {
  const limit = await limitOf(subject, site, 1);
  const other = await member(subject, site, 1);
  const ping = await pinger(site);
  const times: number[] = [];
  const trips: number[] = [];
  for (let i = 0; i < HAND_OVERS; i++) {
    const giveBack = await limit.take();
    const granted = other.order('wait');
    await sleep(SETTLED_MS);
    const began = now();
    await ping();
    trips.push(now() - began);
    await sleep(SETTLED_MS);
    const freed = now();
    await giveBack();
    times.push(Math.max(0, ((await granted) as number) - freed));
    await other.order('give');
  }
  await other.end();
  const [p50, trip] = [percentiles(times).p50, percentiles(trips).p50];
  return { p50, trip, beyond: Math.max(0, p50 - 2 * trip) };
}

const PERMITS = 8;
const LOAD = 1500;

/** Two processes, in each of which more want a permit than it has. */
async function commands(subject: string, site: Site): Promise<Figures> {
  const limit = await limitOf(subject, site, PERMITS);
  const other = await member(subject, site, PERMITS);
  const both = (turns: number) => Promise.all([carry(limit, turns), other.order('load', turns)]);
  await both(LOAD / 10);
  const { lines, stop } = await monitor(site.port);
  await both(LOAD);
  await sleep(SETTLED_MS);
  stop();
  await other.end();
  return { commands: (lines.length / (2 * LOAD)) * 1000 };
}

const IDLE_TTL_MS = 1500;
const IDLE_MS = 3000;

/** What a process that has nothing to do sends besides the renewals that its ttl takes. */
async function idling(site: Site): Promise<Figures> {
  const leased = await lease(site, PERMITS, IDLE_TTL_MS);
  (await leased.semaphore.acquire()).release();
  await sleep(2 * IDLE_TTL_MS); // what lay idle has gone back
  const { lines, stop } = await monitor(site.port);
  await sleep(IDLE_MS);
  stop();
  await leased.close();
  const renewals = lines.filter((line) => / "(?:EVALSHA|evalsha)" .* "renew" /.test(line)).length;
  const due = Math.floor(IDLE_MS / (IDLE_TTL_MS / 3)) + 1;
  return { idle: lines.length - renewals + Math.max(0, renewals - due), renewals };
}

const shared =
  (measure: (subject: string, site: Site) => Promise<Figures>) =>
  (subject: string): Entry =>
    withServer(subject, (site) => measure(subject, site));
const handedOver = shared(handOver);
const counted = shared(commands);
const others = { ours: cannot('within one process only'), ...peersOfOneProcess };
const NO_COMMANDS = cannot('only the commands that a Redis is sent are counted; the steps are the same ones');

export const leaseHandOver: Case = {
  id: 'lease-hand-over',
  title: 'A permit freed in one process, to a waiter in another',
  about:
    'One permit, two processes; the server is on the same machine. Beside it a round trip to the server that asks for nothing, in the ' +
    'same state; what a hand-over takes beyond two of them is the time of the two processes, of the keepers and of the decisions.',
  points: [{}],
  rounds: 3,
  deadline: 60_000,
  metrics: {
    p50: { unit: 'ms', title: 'hand-over, median', better: 'less' },
    trip: { unit: 'ms', title: 'a round trip', better: 'less' },
    beyond: { unit: 'ms', title: 'beyond two round trips', better: 'less' },
  },
  subjects: {
    'ours-leased': handedOver('ours-leased'),
    'ours-leased-postgres': handedOver('ours-leased-postgres'),
    'ours-leased-machine': handedOver('ours-leased-machine'),
    'redis-semaphore': handedOver('redis-semaphore'),
    bottleneck: handedOver('bottleneck'),
    ...others,
  },
};

export const leaseCommands: Case = {
  id: 'lease-commands',
  title: `What goes to the server: two processes, ${PERMITS} permits, more wanted`,
  about:
    `Each process has ten loops that take a permit, hold it for a moment and give it back, ${LOAD} times in all. Counted are the ` +
    'commands that clients send (MONITOR), not those that scripts call.',
  points: [{}],
  rounds: 3,
  timed: false,
  deadline: 120_000,
  metrics: { commands: { unit: 'count', title: 'commands per 1,000 permits', better: 'less' } },
  subjects: {
    'ours-leased': counted('ours-leased'),
    'ours-leased-postgres': NO_COMMANDS,
    'ours-leased-machine': NO_COMMANDS,
    'redis-semaphore': counted('redis-semaphore'),
    bottleneck: counted('bottleneck'),
    ...others,
  },
};

export const leaseIdle: Case = {
  id: 'lease-idle',
  title: 'What a process sends that has a lease and nothing to do',
  about: `For ${IDLE_MS / 1000} s, with a ttl of ${IDLE_TTL_MS / 1000} s. Every third of it a lease is renewed.`,
  points: [{}],
  rounds: 3,
  timed: false,
  metrics: {
    idle: { unit: 'count', title: 'commands that are no renewals', better: 'less' },
    renewals: { unit: 'count', title: 'renewals', better: 'less' },
  },
  subjects: { 'ours-leased': withServer('ours-leased', idling), ...others },
};
