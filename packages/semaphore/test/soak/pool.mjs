/** A Piscina pool behind a limit, and those who give it tasks: some of them end the worker they run on. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { Piscina } from 'piscina';
import { SMALL_HEAP } from './fates.mjs';

const WORKERS = 2;
const LIMIT = 2;
const CLIENTS = 4;
const ABORTED = 'aborted on purpose';

export class Pool {
  tasks = 0;
  #paused = false;
  #clients = [];
  #random;
  #deaths;
  #limit = new Semaphore(LIMIT, { name: 'limit of the pool' });
  /** What the tasks themselves take. */
  #inner = new Semaphore(1, { name: 'inside the pool' });
  #words = new Int32Array(new SharedArrayBuffer(16));
  #pool;
  #limited;

  /** @param deaths a Map that counts what workers died of */
  constructor(random, deaths) {
    this.#random = random;
    this.#deaths = deaths;
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL('../piscina/fixtures/tasks.mjs', import.meta.url)),
      minThreads: WORKERS,
      maxThreads: WORKERS,
      // Node 20 and 22 abort when a worker is terminated while it requires an ES module; docs/lifecycle.md.
      execArgv: ['--no-experimental-require-module'],
      resourceLimits: SMALL_HEAP,
    });
    this.#limited = limit(this.#pool, this.#limit);
  }

  /** Resolves when it is paused; rejects when a task ends as it should not. */
  async work() {
    this.#paused = false;
    this.#clients = Array.from({ length: CLIENTS }, () => this.#client());
    await Promise.all(this.#clients);
  }

  /** Resolves once no task is under way. */
  async pause() {
    this.#paused = true;
    await Promise.all(this.#clients);
  }

  /** @throws AssertionError unless every permit is back */
  check() {
    assert.deepEqual(
      [this.#limit.available, this.#limit.waiting, this.#limited.waiting, this.#inner.available, this.#inner.waiting],
      [LIMIT, 0, 0, 1, 0],
    );
  }

  async destroy() {
    await this.#pool.destroy();
    this.#limit[Symbol.dispose]();
    this.#inner[Symbol.dispose]();
  }

  async #client() {
    while (!this.#paused) {
      await this.#task();
      this.tasks++;
    }
  }

  #task() {
    const words = this.#words;
    const inner = this.#inner.handle;
    const which = this.#random(100);
    if (which < 45) return this.#limited.run(inner, { name: 'takesPermits' });
    if (which < 60) return this.#limited.run({ words }, { name: 'visit' });
    if (which < 70) return this.#ends(this.#limited.run('failed', { name: 'fail' }), undefined, /failed/);
    if (which < 80)
      return this.#ends(this.#limited.run(1, { name: 'echo', timeout: this.#random(3) }), undefined, /ERR_TIMEOUT/);
    if (which < 88) return this.#aborted('takesPermits', inner);
    if (which < 96) return this.#aborted('spin', words);
    if (which < 98)
      return this.#ends(this.#limited.run({ words, code: 3 }, { name: 'exit' }), 'exit', /exited with code/);
    if (which < 99)
      return this.#ends(this.#limited.run({ words, message: 'gone' }, { name: 'uncaught' }), 'uncaught', /gone/);
    return this.#ends(this.#limited.run(words, { name: 'outOfMemory' }), 'out of memory', /memory/);
  }

  /** While it waits for its permit, or runs, or is over. */
  async #aborted(name, task) {
    const abort = new AbortController();
    const run = this.#limited.run(task, { name, signal: abort.signal });
    const ended = this.#ends(run, 'aborted', new RegExp(ABORTED));
    await sleep(this.#random(12));
    abort.abort(new Error(ABORTED));
    await ended;
  }

  async #ends(run, death, message) {
    try {
      await run;
    } catch (error) {
      if (!message.test(`${error?.code} ${error?.message}`)) throw error;
      if (death !== undefined) this.#deaths.set(`pool: ${death}`, (this.#deaths.get(`pool: ${death}`) ?? 0) + 1);
    }
  }
}
