/**
 * The soak: all classes, all ways to use them and to die, for as long as it is told to.
 *
 *     realm (lasting)   ─┐
 *     realm (passing)   ─┼─ used by the crew: workers that follow each other in their slots, each with its fate
 *     pool behind limit ─┘  used by the pool's clients
 *
 * Every few seconds all of it is brought to rest, what is there is counted, and one worker more dies at the gate. The
 * passing realm is closed and replaced while it is used. From time to time everything is sent home, and what the process
 * then has, descriptor by descriptor, must be what it had the first time.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, Mutex } from '@eventfd/semaphore';
import { locks as webLocks } from '@eventfd/semaphore/web-locks';
import { randomOf } from '../support/random.mjs';
import { Crew } from './crew.mjs';
import { within } from './deadline.mjs';
import { Course, kernelCounts, openByTarget, vitals } from './figures.mjs';
import { Pool } from './pool.mjs';
import { Realm } from './realm.mjs';
import { NAMED, TO_ABORT } from './realm-ways.mjs';

const QUIET_EVERY_MS = 5000;
const REPLACED_EVERY_MS = 120_000;
const REPORTED_EVERY_MS = 30_000;
/** A short run has as many of each as it takes to say something: no less than so many quiet points. */
const LEAST_QUIET_POINTS = 6;
/** Something happens to the crew about so often. */
const EVENT_EVERY_MS = 25;
const OPEN_LATCH = 5000;

const seconds = (ms) => `${(ms / 1000).toFixed(0)} s`;
const shown = (record) =>
  Object.entries(record)
    .map(([key, value]) => `${key} ${typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(1) : value}`)
    .join(', ');

export class Soak {
  #durationMs;
  #workers;
  #random;
  #deaths = new Map();
  #course = new Course();
  #realms = {};
  #crew;
  #pool;
  #tasks = 0;
  #realmsMade = 0;
  #quietPoints = 0;
  /** What was left of the process each time all had gone home. */
  #vacancies = [];
  #began = performance.now();
  #reported = 0;

  constructor({ durationMs, seed, workers }) {
    this.#durationMs = durationMs;
    this.#random = randomOf(seed);
    this.#workers = workers;
    this.#crew = new Crew(workers, this.#random, this.#deaths, this.#realms);
  }

  /** What is wrong, in words; nothing if all is well. */
  async run() {
    const quietEvery = Math.min(QUIET_EVERY_MS, this.#durationMs / LEAST_QUIET_POINTS);
    const replaceEvery = Math.min(REPLACED_EVERY_MS, this.#durationMs / 3);
    await this.#open();
    let [quiet, replaced] = [0, 0];
    // Without a first time to hold the last against, nothing would be shown.
    while (this.#elapsed < this.#durationMs || this.#vacancies.length === 0) {
      await this.#happen();
      if (this.#elapsed - quiet >= quietEvery) {
        await this.#quietPoint();
        // The first replacement comes early: the others are held against it.
        if (this.#vacancies.length === 0 || this.#elapsed - replaced >= replaceEvery) {
          await this.#vacate();
          await this.#open();
          replaced = this.#elapsed;
        } else {
          await this.#resume();
        }
        quiet = this.#elapsed;
      }
      if (this.#elapsed - this.#reported >= REPORTED_EVERY_MS) this.#report();
    }
    await this.#quietPoint();
    await this.#vacate();
    return [...this.#course.complaints(this.#durationMs), ...this.#unlikeTheFirst()];
  }

  /** The figures, as a table. */
  summary() {
    const operations = { ...this.#crew.operations(), 'tasks of the pool': this.#tasks };
    const lines = (record) =>
      Object.entries(record).map(([key, value]) => `  ${key.padEnd(28)}${String(value).padStart(9)}`);
    return [
      `operations in ${seconds(this.#elapsed)}, ${this.#quietPoints} quiet points, ${this.#realmsMade} realms`,
      ...lines(operations),
      'deaths',
      ...lines(Object.fromEntries(this.#deaths)),
      'at rest, medians of the quarters of the run',
      ...this.#course.table(),
      `with everybody gone, ${this.#vacancies.length} times: ${shown(this.#vacancies.at(-1))}`,
    ].join('\n');
  }

  get #elapsed() {
    return performance.now() - this.#began;
  }

  #newRealm(latch) {
    return new Realm(this.#realmsMade++, this.#workers, latch);
  }

  async #open() {
    this.#realms.lasting = this.#newRealm();
    this.#realms.passing = this.#newRealm(OPEN_LATCH);
    this.#pool = new Pool(this.#random, this.#deaths);
    this.#putPoolToWork();
    await this.#crew.begin();
  }

  #putPoolToWork() {
    this.#pool.work().catch((error) => this.#crew.failures.push(error));
  }

  /** Anything that may befall the crew. */
  async #happen() {
    await sleep(this.#random(2 * EVENT_EVERY_MS));
    this.#throwFailures();
    const which = this.#random(10);
    if (which < 7) await this.#crew.kill();
    else if (which < 8) this.#resize();
    else if (which < 9) this.#realms.passing.close();
    else this.#replacePassing();
  }

  #resize() {
    const { lasting } = this.#realms;
    if (lasting.permits > 7) {
      lasting.objects.semaphore.shrink(2);
      lasting.permits -= 2;
    } else {
      lasting.objects.semaphore.grow(2);
      lasting.permits += 2;
    }
  }

  /** Some of its users learn of it by the errors they get, the others from the message. */
  #replacePassing() {
    const old = this.#realms.passing;
    this.#realms.passing = this.#newRealm(OPEN_LATCH);
    this.#crew.tell(this.#realms.passing);
    old.dispose();
  }

  /** Brings all to rest, and counts. */
  async #quietPoint() {
    await within('the clients of the pool', this.#pool.pause());
    await this.#crew.gather();
    this.#check();
    await this.#crew.killAtGate(() => this.#check());
    this.#check();
    this.#course.add(this.#vitals());
    this.#quietPoints++;
  }

  async #resume() {
    this.#putPoolToWork();
    await this.#crew.release();
  }

  #check() {
    this.#throwFailures();
    const { lasting, passing } = this.#realms;
    lasting.check();
    // What was closed is not counted any more, but nobody may be left waiting.
    if (!passing.objects.mutex.closed) passing.check();
    const alive = this.#crew.threads();
    const isAtRest = (name, { threadId }) => name?.startsWith(TO_ABORT) && alive.includes(threadId);
    const waiting = inspect().filter(({ name, waiters }) => waiters.some((waiter) => !isAtRest(name, waiter)));
    assert.deepEqual(waiting, [], 'nobody waits while all are at rest');
    this.#pool.check();
  }

  /** Everybody goes home, every object is disposed of. */
  async #vacate() {
    await this.#crew.dismiss();
    this.#throwFailures();
    for (const realm of [this.#realms.lasting, this.#realms.passing]) realm.dispose();
    // Those with names whose owners died are kept until the next has been told.
    for (const { name } of inspect().filter(({ name, state }) => state.abandoned && name?.startsWith(NAMED))) {
      const mutex = Mutex.open(name);
      mutex.lockSync({ timeout: 0 }).unlock();
      mutex[Symbol.dispose]();
    }
    this.#tasks += this.#pool.tasks;
    await within('the end of the pool', this.#pool.destroy());
    const { held, pending } = await webLocks.query();
    const left = [...held, ...pending].map(({ name, clientId }) => `${JSON.stringify(name)} of ${clientId}`);
    this.#vacancies.push({ ...kernelCounts(), objects: inspect().length, left });
  }

  /** Not one descriptor, thread or object more than the first time, but for the objects that died with their makers. */
  #unlikeTheFirst() {
    const [first, ...others] = this.#vacancies;
    const complaints = others.flatMap((each) =>
      ['descriptors', 'threads']
        .filter((key) => each[key] !== first[key])
        .map((key) => `with everybody gone there were ${each[key]} ${key}, at first ${first[key]}`),
    );
    if (complaints.length > 0) complaints.push(`at the end these are open: ${JSON.stringify(openByTarget())}`);
    for (const { left } of this.#vacancies) complaints.push(...left.map((each) => `the web lock ${each} was left`));
    const { objects } = this.#vacancies.at(-1);
    const { leftOver } = this.#crew;
    if (objects > leftOver)
      complaints.push(`${objects} objects are left, and no more than ${leftOver} died undisposed`);
    return complaints;
  }

  #throwFailures() {
    if (this.#crew.failures.length > 0) throw this.#crew.failures[0];
  }

  /** How things stand, in the midst of it. */
  #report() {
    this.#reported = this.#elapsed;
    const operations = shown({ ...this.#crew.operations(), 'tasks of the pool': this.#tasks + this.#pool.tasks });
    const deaths = Array.from(this.#deaths.values()).reduce((sum, each) => sum + each, 0);
    console.log(`${seconds(this.#elapsed).padStart(6)}: ${operations}; ${deaths} deaths; ${shown(this.#vitals())}`);
  }

  #vitals() {
    return vitals(this.#realms.lasting.objects.semaphore.handle.memory);
  }
}
