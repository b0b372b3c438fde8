// pnpm soak --leases: a fleet of processes takes and holds, for each engine, while everything goes wrong that can. At no time do more
// holds overlap than there are permits, but for what docs/leases.md allows; at the end everything is back.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../../../semaphore/test/support/random.mjs';
import { startPostgres } from '../support/postgres.mjs';
import { startProxy } from '../support/proxy.mjs';
import { startRedis } from '../support/redis.mjs';
import { forkTied } from '../support/tied.mjs';
import { holdsIn, mostOf } from './overlap.mjs';

const PERMITS = 10;
const THREADS = 4;
const SCRIPT = new URL('process.mjs', import.meta.url);
const ns = () => process.hrtime.bigint();
const MS = 1_000_000n;

/** One process of the fleet, and those that came in its place. */
class Place {
  constructor(fleet, number) {
    this.fleet = fleet;
    this.number = number;
    this.generation = 0;
  }

  async begin() {
    const { fleet } = this;
    const file = join(fleet.folder, `${this.number}-${++this.generation}`);
    this.proxy ??= fleet.server && (await startProxy(fleet.server.port));
    const url = this.proxy && fleet.server.url.replace(/:\d+(?=\/|$)/, `:${this.proxy.port}`);
    const engine = { server: fleet.engine === 'machine' ? undefined : fleet.engine, url, namespace: fleet.namespace };
    const settings = {
      name: 'soak',
      engine,
      terms: { permits: PERMITS, ttl: fleet.ttl, margin: fleet.margin, idle: 100, timeout: 30_000 },
      threads: THREADS,
      file,
      seed: fleet.random(1_000_000_000),
    };
    const child = forkTied(SCRIPT, [JSON.stringify(settings)]);
    const life = { file, child, killedAt: undefined, exempt: [], risks: 0 };
    fleet.lives.push(life);
    this.life = life;
    this.child = child;
    child.on('message', (message) => {
      if (message.state === undefined) return;
      fleet.states[message.state] = (fleet.states[message.state] ?? 0) + 1;
      if (message.state !== 'live') life.risks++;
    });
    this.exited = once(child, 'exit');
    await new Promise((resolve, reject) => {
      const begun = ({ begun }) => begun && resolve();
      child.on('message', begun);
      child.once('exit', (code) => reject(new Error(`a process of the fleet ended with ${code} as it began`)));
    });
  }

  /** Its main thread does nothing for so long; resolves when it is back, and has told of what it has heard meanwhile. */
  block(ms) {
    const back = new Promise((resolve, reject) => {
      this.child.on('message', ({ blocked }) => blocked && resolve());
      this.child.once('exit', (code) => reject(new Error(`a process ended with ${code} while its loop was blocked`)));
    });
    this.child.send({ order: 'block', ms });
    return back;
  }

  async kill() {
    this.life.killedAt = ns();
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async end() {
    const message = new Promise((resolve, reject) => {
      this.child.on('message', (each) => each.ended && resolve(each));
      this.child.once('exit', (code) => reject(new Error(`a process ended with ${code}, not by being told to`)));
    });
    this.child.send({ order: 'end' });
    const { descriptors } = await message;
    await this.exited;
    this.proxy?.stop();
    return descriptors;
  }
}

/** Everything that goes wrong. Each takes care that it is over when it returns. */
const FAULTS = {
  async 'kill -9 of a process'(fleet) {
    const place = fleet.any();
    await place.kill();
    await place.begin();
  },
  async 'kill -9 of the broker'(fleet) {
    const place = fleet.broker();
    if (place === undefined) return;
    await place.kill();
    await place.begin();
  },
  async 'a process stopped for longer than the ttl'(fleet) {
    const place = fleet.any();
    const from = ns();
    place.child.kill('SIGSTOP');
    await sleep(fleet.ttl * 1.5);
    place.child.kill('SIGCONT');
    // From when its lease ran out until it has been told: the overrun that is allowed.
    place.life.exempt.push([from, ns() + BigInt(fleet.ttl) * MS]);
  },
  async 'a blocked event loop'(fleet) {
    await sleep(fleet.ttl); // what the last fault has done is over
    const place = fleet.any();
    const { life } = place;
    const before = { risks: life.risks, written: fleet.written(life) };
    await place.block(fleet.block);
    // Its threads have gone on, and nothing has happened to its lease.
    if (life.risks > before.risks) fleet.complaints.push('a blocked event loop has cost a lease');
    if (fleet.written(life) === before.written)
      fleet.complaints.push('a blocked event loop has stopped the threads beside it');
  },
  async 'a partition'(fleet) {
    const { proxy } = fleet.any();
    proxy.cut(['both', 'to server', 'to client'][fleet.random(3)]);
    await sleep(fleet.ttl * (0.5 + fleet.random(20) / 10));
    proxy.heal();
  },
  async 'the engine stopped'(fleet) {
    fleet.server.signal('SIGSTOP');
    await sleep(fleet.ttl * (0.5 + fleet.random(10) / 10));
    fleet.server.signal('SIGCONT');
  },
  async 'kill -9 of the engine, with its data'(fleet) {
    await fleet.restart(true);
  },
  async 'kill -9 of the engine, without its data'(fleet) {
    await fleet.losing(() => fleet.restart(false));
  },
  async 'a promoted replica'(fleet) {
    await fleet.losing(() => fleet.promote());
  },
};

const OF = {
  machine: ['kill -9 of a process', 'kill -9 of the broker', 'a blocked event loop'],
  redis: Object.keys(FAULTS).filter((each) => !each.includes('broker')),
  postgres: Object.keys(FAULTS).filter((each) => !/broker|without its data|replica/.test(each)),
};

class Fleet {
  constructor(engine, seed, ttl, block) {
    this.engine = engine;
    this.ttl = ttl;
    this.block = block;
    this.complaints = [];
    this.margin = Math.round(ttl * 0.3);
    this.random = randomOf(seed);
    this.namespace = `soak-${process.pid}`;
    this.folder = mkdtempSync(join(tmpdir(), 'lease-soak-'));
    this.lives = [];
    this.states = {};
    this.faults = {};
    /** When the engine had lost its state. */
    this.lost = [];
  }

  any() {
    return this.places[this.random(this.places.length)];
  }

  broker() {
    const name = `@eventfd-lease/${process.getuid()}/${this.namespace}/broker/`;
    const line = readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .find((each) => each.includes(name) && each.includes(' 00010000 '));
    const inode = line?.trim().split(/\s+/)[6];
    return this.places.find(({ child }) => {
      try {
        const folder = `/proc/${child.pid}/fd`;
        return readdirSync(folder).some((fd) => readlinkSync(join(folder, fd)) === `socket:[${inode}]`);
      } catch {
        return false;
      }
    });
  }

  /** How much the threads of a process have written of their holds. */
  written({ file }) {
    const sizes = Array.from(
      { length: THREADS },
      (_, i) => statSync(`${file}.${i}`, { throwIfNoEntry: false })?.size ?? 0,
    );
    return sizes.reduce((sum, size) => sum + size);
  }

  async losing(fault) {
    const from = ns();
    await fault();
    await sleep(this.ttl);
    this.lost.push([from, ns() + BigInt(this.ttl) * MS]);
  }

  async start(processes) {
    if (this.engine === 'redis') this.server = await startRedis({ persistent: true });
    if (this.engine === 'postgres') this.server = await startPostgres();
    this.places = Array.from({ length: processes }, (_, i) => new Place(this, i));
    for (const place of this.places) await place.begin();
  }

  async restart(withData) {
    const { port, folder } = this.server;
    const start = this.engine === 'redis' ? startRedis : startPostgres;
    await this.server.kill();
    await sleep(this.random(this.ttl));
    if (!withData) rmSync(folder, { recursive: true, force: true });
    this.server = await start({ port, persistent: true, ...(withData ? { folder } : {}) });
  }

  /** A replica takes over what it has; what had not reached it is lost. */
  async promote() {
    const old = this.server;
    const replica = await startRedis({ persistent: true, replicaOf: old.port });
    await sleep(this.ttl / 2);
    await replica.command('REPLICAOF', 'NO', 'ONE');
    this.server = replica;
    for (const { proxy } of this.places) proxy.retarget(replica.port);
    await old.stop();
  }

  async run(ms) {
    const until = performance.now() + ms;
    while (performance.now() < until) {
      await sleep(200 + this.random(this.ttl));
      const fault = OF[this.engine][this.random(OF[this.engine].length)];
      this.faults[fault] = (this.faults[fault] ?? 0) + 1;
      await FAULTS[fault](this);
    }
    await sleep(this.ttl * 2);
  }

  /** What is left of it once every process has ended: nothing. */
  async end() {
    const { complaints } = this;
    for (const place of this.places) {
      const descriptors = await place.end();
      if (descriptors > 0) complaints.push(`${descriptors} descriptors are left in a process`);
    }
    const left = await this.left();
    if (left !== '') complaints.push(`left: ${left}`);
    await this.server?.stop();
    const { most, when, exempt } = this.overlap();
    if (most > PERMITS) complaints.push(`${most} held at ${when}, of ${PERMITS}`);
    rmSync(this.folder, { recursive: true, force: true });
    return { complaints, most, exempt, holds: this.holds };
  }

  async left() {
    if (this.engine === 'machine') {
      const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
      return lines.filter((line) => line.includes(`@eventfd-lease/${process.getuid()}/${this.namespace}`)).join('\n');
    }
    // Processes that were killed at the end are gone when their ttl is over.
    await sleep(this.ttl + 500);
    return this.server.left();
  }

  /** The most that overlapped, but for holds of processes that were stopped, and but for times when the engine had lost its state. */
  overlap() {
    const all = this.lives.flatMap(({ file, killedAt, exempt }) =>
      Array.from({ length: THREADS }, (_, i) => holdsIn(`${file}.${i}`, killedAt))
        .flat()
        .map((hold) => ({ hold, exempt: exempt.some(([from, to]) => hold[0] < to && hold[1] > from) })),
    );
    this.holds = all.length;
    const lost = ([from, to]) => this.lost.some((window) => from < window[1] && to > window[0]);
    const counted = all.filter(({ hold, exempt }) => !exempt && !lost(hold)).map(({ hold }) => hold);
    return { ...mostOf(counted), exempt: all.length - counted.length };
  }
}

/** @returns whether all went well */
export async function soakLeases({ engines, ms, seed, processes = 6, ttl = 2000 }) {
  let well = true;
  // Of a short run an event loop blocked for 30 s would be most.
  const block = Math.min(30_000, Math.max(ttl * 1.5, ms / 20));
  for (const engine of engines) {
    const fleet = new Fleet(engine, seed, ttl, block);
    await fleet.start(processes);
    await fleet.run(ms);
    const { complaints, most, exempt, holds } = await fleet.end();
    console.log(
      `${engine}: ${holds} holds, at most ${most} of ${PERMITS} at a time; ${exempt} not counted, as docs/leases.md allows`,
    );
    for (const [fault, count] of Object.entries(fleet.faults)) console.log(`  ${fault.padEnd(45)} ${count}`);
    for (const [state, count] of Object.entries(fleet.states)) console.log(`  told: ${state.padEnd(39)} ${count}`);
    for (const complaint of complaints) console.log(`  NOT SO: ${complaint}`);
    if (complaints.length > 0) well = false;
  }
  console.log(well ? 'Nothing over the limit, everything back.' : 'Not well.');
  return well;
}
