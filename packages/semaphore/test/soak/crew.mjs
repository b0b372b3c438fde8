/** The workers of the soak: a slot each, in which one follows the other. */
import { Worker } from 'node:worker_threads';
import { Books } from '../support/books.mjs';
import { until, within } from './deadline.mjs';
import { fates, isOfFate, SMALL_HEAP } from './fates.mjs';
import { KINDS } from './realm-ways.mjs';

/** One worker of so many ends by itself, when it has held something so many times at most; the others are terminated. */
const BY_ITSELF_OF = 2;
const MOST_MOMENTS = 1000;
/** Running out of memory takes a second of a core. */
const NAMES = Object.keys(fates).flatMap((name) => Array(name === 'out of memory' ? 1 : 4).fill(name));
/** So many at most are terminated at once. */
const AT_ONCE = 3;

export class Crew {
  control;
  failures = [];
  #size;
  #random;
  #deaths;
  #realms;
  #slots = [];
  #stopping = false;

  /**
   * @param deaths a Map that counts what workers died of
   * @param realms `{ lasting, passing }`, as they are when a worker begins or dies
   */
  constructor(size, random, deaths, realms) {
    this.#size = size;
    this.#random = random;
    this.#deaths = deaths;
    this.#realms = realms;
    this.control = new Books(size);
  }

  /** Operations by class, so far. */
  operations() {
    const ways = this.control.ways();
    return Object.fromEntries(KINDS.map((kind, i) => [kind, ways[i]]));
  }

  /** Threads that died between making objects of their own and disposing of them left no more than so many. */
  leftOver = 0;

  /** The ids of its threads. */
  threads() {
    return this.#slots.map(({ worker }) => worker.threadId);
  }

  async begin() {
    this.#stopping = false;
    this.control.set('STOP', 0);
    for (let slot = 0; slot < this.#size; slot++) this.#begin(slot);
    await this.#allBegun();
  }

  tell(realm) {
    for (const { worker } of this.#slots) worker.postMessage(realm.posted);
  }

  /** Terminates some, wherever they are. */
  async kill() {
    const first = this.#random(this.#size);
    const doomed = Array.from({ length: 1 + this.#random(AT_ONCE) }, (_, i) => this.#slots[(first + i) % this.#size]);
    await Promise.all(
      doomed.map(async ({ worker, begun, ended }) => {
        await within('the beginning of a worker', Promise.race([begun, ended]));
        await within('terminate()', worker.terminate());
        await within('the exit event', ended);
      }),
    );
  }

  /** Resolves once all are at the gate, with nothing in flight. */
  async gather() {
    this.control.set('PAUSE', 1);
    await until(
      () => `${this.control.at('PAUSED')} of ${this.#size} workers at the gate`,
      () => this.control.at('PAUSED') === this.#size || this.failures.length > 0,
    );
  }

  /** At the gate: one of them dies there, with all that it holds; another comes in its place. */
  async killAtGate(check) {
    const slot = this.#random(this.#size);
    const { worker, ended } = this.#slots[slot];
    this.#stopping = true;
    await within('terminate() at the gate', worker.terminate());
    await within('the exit event', ended);
    this.#stopping = false;
    check();
    this.control.add('PAUSED', -1);
    this.#begin(slot);
    await this.gather();
  }

  async release() {
    this.control.set('PAUSE', 0);
    await until('the workers to leave the gate', () => this.control.at('PAUSED') === 0 || this.failures.length > 0);
  }

  /** Sends all home: they end by returning. */
  async dismiss() {
    this.#stopping = true;
    this.control.set('STOP', 1);
    this.control.set('PAUSE', 0);
    await within('the end of all workers', Promise.all(this.#slots.map(({ ended }) => ended)));
    this.control.set('PAUSED', 0);
  }

  #begin(slot) {
    const { lasting, passing } = this.#realms;
    const fate = this.#fate();
    const worker = new Worker(new URL('fixtures/life.mjs', import.meta.url), {
      workerData: {
        worker: slot,
        workers: this.#size,
        control: this.control.memory,
        seed: this.#random(2 ** 31),
        fate,
        lasting: lasting.posted,
        passing: passing.posted,
      },
      resourceLimits: SMALL_HEAP,
    });
    let met;
    worker.on('error', (error) => {
      met = fate.name;
      if (!isOfFate(fate.name, error)) this.failures.push(error);
    });
    const begun = new Promise((resolve) => worker.once('message', resolve));
    const ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#onExit(slot, code === 3 ? fate.name : (met ?? (code === 0 ? 'returned' : 'terminate()')));
        resolve();
      });
    });
    this.#slots[slot] = { worker, begun, ended };
  }

  #onExit(slot, how) {
    this.#deaths.set(how, (this.#deaths.get(how) ?? 0) + 1);
    for (const realm of [this.#realms.lasting, this.#realms.passing]) realm.strike(slot);
    this.leftOver += this.control.strike(slot, 'MAKING');
    if (!this.#stopping) this.#begin(slot);
  }

  #fate() {
    if (this.#random(BY_ITSELF_OF) > 0) return { name: 'terminate()', moments: -1 };
    return { name: NAMES[this.#random(NAMES.length)], moments: 1 + this.#random(MOST_MOMENTS) };
  }

  #allBegun() {
    return within(
      'the beginning of all workers',
      Promise.all(this.#slots.map(({ begun, ended }) => Promise.race([begun, ended]))),
    );
  }
}
