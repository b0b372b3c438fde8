/**
 * Threads terminated at random points, class by class and role by role (scenarios.mjs), and the time from `terminate()`
 * resolving, on the main thread, to each survivor's service, on its own: both look at process.hrtime.bigint(), the one
 * monotonic clock of the machine. A service that came first counts as 0.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Books } from '../support/books.mjs';
import { randomOf } from '../support/random.mjs';
import { within } from './deadline.mjs';
import { makeScenarios } from './scenarios.mjs';

/** So many victims start while others play their parts: a start takes longer than the part. */
const AHEAD = 2;

const now = () => process.hrtime.bigint();

function spin(microseconds) {
  const end = performance.now() + microseconds / 1000;
  while (performance.now() < end);
}

/** A thread that waits when it is told to, again and again; see fixtures/survivor.mjs. */
class Survivor {
  #worker;
  #sync;

  constructor(objects, sync) {
    this.#worker = new Worker(new URL('fixtures/survivor.mjs', import.meta.url), { workerData: objects });
    this.#sync = sync;
  }

  ready() {
    return once(this.#worker, 'message');
  }

  /** When it was served. */
  async wait(kind) {
    const served = once(this.#worker, 'message');
    this.#worker.postMessage({ kind, sync: this.#sync });
    return (await served)[0];
  }

  terminate() {
    return this.#worker.terminate();
  }
}

/** One victim's part, from its beginning to its end. */
class Play {
  books = new Books(1);
  /** Milliseconds from the death to each service that waited for it; negative when that came first. */
  delays = [];
  scenario;
  role;
  #survivors;
  #random;
  #worker;
  #begun;
  #failed;
  #services = [];
  #ended;
  #notForIt = 0;

  constructor(scenario, role, survivors, random) {
    this.scenario = scenario;
    this.role = role;
    this.#survivors = survivors;
    this.#random = random;
    this.books.set('PAUSE', 1);
    this.#worker = new Worker(new URL('fixtures/victim.mjs', import.meta.url), {
      workerData: {
        kind: scenario.kind,
        role: role.replace('blind ', ''),
        posted: scenario.object,
        seed: random(2 ** 31),
        memory: this.books.memory,
      },
    });
    this.#failed = once(this.#worker, 'error').then(([error]) => Promise.reject(error));
    this.#begun = Promise.race([once(this.#worker, 'message'), this.#failed]);
  }

  async begin() {
    await within('the beginning of the victim', this.#begun);
    this.books.set('PAUSE', 0);
  }

  survivorsWait() {
    const order = this.#random(2) === 0 ? this.#survivors : this.#survivors.toReversed();
    this.#services = order.map((survivor) => survivor.wait(this.scenario.kind));
  }

  /** The random point. */
  async moment() {
    if (this.#random(2) === 0) spin(this.#random(500));
    else await sleep(this.#random(3));
  }

  async terminate() {
    await within('terminate()', this.#worker.terminate());
    this.#ended = now();
  }

  /** The victim is served by `deed` shortly before its end, during it, or not any more. */
  async terminateAround(deed) {
    const when = this.#random(3);
    if (when === 0) {
      deed();
      await this.moment();
      return this.terminate();
    }
    const ended = this.terminate();
    if (when === 1) {
      spin(this.#random(200));
      deed();
      return ended;
    }
    await ended;
    this.#ended = now();
    deed();
  }

  /** So many services, the last, came from what this thread did afterwards: they tell nothing of the death. */
  isFor(services) {
    this.#notForIt = services;
  }

  async allServed() {
    const { kind } = this.scenario;
    const services = Promise.race([Promise.all(this.#services), this.#failed]);
    const at = await within(`the survivors, who wait for a ${kind}`, services);
    const delays = at.map((each) => Number(each - this.#ended) / 1e6).sort((a, b) => a - b);
    this.delays = delays.slice(0, delays.length - this.#notForIt);
  }
}

class Tally {
  terminations = 0;
  lost = 0;
  stuck = 0;
  #early = 0;
  #delays = [];

  add(delays) {
    for (const delay of delays) {
      if (delay < 0) this.#early++;
      this.#delays.push(Math.max(0, delay));
    }
  }

  static head = `${'class'.padEnd(11)}${[
    'terminations',
    'lost',
    'stuck',
    'services',
    'came first',
    'p50 ms',
    'p99 ms',
    'max ms',
  ]
    .map((each) => each.padStart(13))
    .join('')}`;

  row(name) {
    const sorted = this.#delays.toSorted((a, b) => a - b);
    const quantile = (q) => (sorted[Math.ceil(q * sorted.length) - 1] ?? 0).toFixed(3);
    const cells = [
      this.terminations,
      this.lost,
      this.stuck,
      sorted.length,
      this.#early,
      ...[0.5, 0.99, 1].map(quantile),
    ];
    return `${name.padEnd(11)}${cells.map((each) => String(each).padStart(13)).join('')}`;
  }
}

/** @returns whether nothing was lost and nobody stuck */
export async function terminations(count, seed) {
  const random = randomOf(seed);
  const scenarios = makeScenarios();
  const tallies = new Map(scenarios.map((scenario) => [scenario, new Tally()]));
  const all = new Tally();
  const objects = Object.fromEntries(scenarios.map(({ kind, object }) => [kind, object]));
  const survivors = [true, false].map((sync) => new Survivor(objects, sync));
  await Promise.all(survivors.map((survivor) => survivor.ready()));

  const began = performance.now();
  const plays = [];
  let made = 0;
  for (let i = 0; i < count && all.stuck === 0; i++) {
    for (; made <= i + AHEAD && made < count; made++) {
      const scenario = scenarios[made % scenarios.length];
      plays.push(new Play(scenario, scenario.roles[random(scenario.roles.length)], survivors, random));
    }
    const play = plays.shift();
    const { scenario, role } = play;
    const both = [tallies.get(scenario), all];
    try {
      await scenario[role](play);
      await play.allServed();
      const lost = scenario.lost(play);
      if (lost > 0) console.error(`${scenario.kind}, ${role}, termination ${i}: ${lost} lost`);
      for (const tally of both) tally.lost += lost;
    } catch (error) {
      console.error(`${scenario.kind}, ${role}, termination ${i}:`, error);
      for (const tally of both) tally.stuck++;
    }
    for (const tally of both) {
      tally.terminations++;
      tally.add(play.delays);
    }
    if (i % 1000 === 999)
      console.log(`${i + 1} terminations after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  await Promise.all([...plays, ...survivors].map((each) => each.terminate()));

  console.log(Tally.head);
  for (const [{ kind }, tally] of tallies) console.log(tally.row(kind));
  console.log(all.row('all'));
  return all.lost + all.stuck === 0;
}
