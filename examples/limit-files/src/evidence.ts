/**
 * Counts who is inside, apart from the semaphore, so that the figure printed is evidence of what the semaphore does.
 *
 * A worker counts itself after it has taken its permit and before it gives it back:
 *
 *   acquire | enter ... work ... leave | release        so at any time: counted inside <= permits held
 *
 * Never more. A killed worker cannot leave. Were it taken off the count when its death is noticed, that would be too
 * late: its permit comes back while it dies, and the next one in would find itself one too many. So the worker to be
 * killed first stands still, inside, asleep on a word that nobody ever changes. From then on it works no more, and the
 * main thread takes it off the count (`bury`) before it terminates it:
 *
 *   killed worker:  acquire | enter | stands still ...............................| its permit comes back
 *   main thread:                               bury | terminate
 *   next worker:                                                                        | acquire | enter
 *
 * In between, one permit is held by a worker that is not counted: the figure may be too low then, never too high.
 *
 * Never fewer. That the limit is reached could be left to chance. Instead, the first workers to enter wait inside until
 * as many as the limit admits are there, and after the kill once more: if the dead one's permit had not come back, they
 * would not be.
 */

const INSIDE = 0;
const HIGHEST = 1;
const HIGHEST_AFTER_KILL = 2;
/** How often somebody has entered. */
const ENTERED = 3;
/** 1 once the killed worker is buried. */
const BURIED = 4;
/** Nobody changes it. */
const NEVER = 5;
const WORDS = 6;

/** Nobody waits longer for company. If this strikes, the figures say so. */
const COMPANY_MS = 30_000;

/** What the workers are sent. */
export interface Plan {
  readonly words: Int32Array;
  /** The first so many entries wait for each other. */
  readonly company: number;
  /** So do as many of the following entries; 0 when nobody is killed. */
  readonly companyAfterKill: number;
}

/** @param files how many there are; each is entered for once, and one once more when its worker is killed */
export function planFor(limit: number, files: number, kill: boolean): Plan {
  const company = Math.min(limit, files);
  // The killed worker is the last of the first company.
  const companyAfterKill = kill ? Math.min(limit, files + 1 - company) : 0;
  return { words: new Int32Array(new SharedArrayBuffer(4 * WORDS)), company, companyAfterKill };
}

export class Evidence {
  readonly #plan: Plan;
  readonly #words: Int32Array;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#words = plan.words;
  }

  /** True for the one worker that is to be killed: it must call `standStill`. */
  enter(): boolean {
    const inside = Atomics.add(this.#words, INSIDE, 1) + 1;
    this.#raise(Atomics.load(this.#words, BURIED) === 1 ? HIGHEST_AFTER_KILL : HIGHEST, inside);
    const entry = Atomics.add(this.#words, ENTERED, 1) + 1;
    Atomics.notify(this.#words, ENTERED);
    const { company, companyAfterKill } = this.#plan;
    if (companyAfterKill > 0 && entry === company) return true;
    if (entry <= company) this.#awaitEntry(company);
    else if (entry <= company + companyAfterKill) this.#awaitEntry(company + companyAfterKill);
    return false;
  }

  leave(): void {
    Atomics.sub(this.#words, INSIDE, 1);
  }

  /** Does not return. Only `terminate()` ends it. */
  standStill(): void {
    for (;;) Atomics.wait(this.#words, NEVER, 0);
  }

  /** In the main thread: the worker that stands still is inside no more. */
  bury(): void {
    Atomics.sub(this.#words, INSIDE, 1);
    Atomics.store(this.#words, BURIED, 1);
  }

  get highest(): number {
    return Math.max(Atomics.load(this.#words, HIGHEST), this.highestAfterKill);
  }

  get highestAfterKill(): number {
    return Atomics.load(this.#words, HIGHEST_AFTER_KILL);
  }

  #awaitEntry(entry: number): void {
    const deadline = performance.now() + COMPANY_MS;
    for (;;) {
      const entered = Atomics.load(this.#words, ENTERED);
      const left = deadline - performance.now();
      if (entered >= entry || left <= 0) return;
      Atomics.wait(this.#words, ENTERED, entered, left);
    }
  }

  #raise(word: number, to: number): void {
    for (let seen = Atomics.load(this.#words, word); seen < to; ) {
      const found = Atomics.compareExchange(this.#words, word, seen, to);
      if (found === seen) return;
      seen = found;
    }
  }
}
