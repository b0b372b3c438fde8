/**
 * The books of the stress over all classes, in memory that all its threads share.
 *
 * What nobody owns (posts, counts of a latch) is entered by who took or gave it, after the fact. A thread that is
 * terminated in between leaves its entry open, and open entries are the bound within which the books must balance. With
 * none open they balance exactly.
 */
const GLOBAL = { PAUSE: 0, PAUSED: 1, POSTED: 2, TAKEN: 3, COUNTED: 4, STOP: 5, WRITTEN: 6, READ: 7 };
const FIRST = 16;
/** Of each worker: operations done, and entries that are open. Only the worker itself writes there. */
const OWN = {
  OPERATIONS: 0,
  POSTING: 1,
  TAKING: 2,
  COUNTING: 3,
  WRITING: 4,
  READING: 5,
  DRAWING: 6,
  HANDING: 7,
  MAKING: 8,
  WAYS: 9,
};
const WAYS = 16;
const EACH = OWN.WAYS + WAYS;

export class Books {
  constructor(workers, memory = new SharedArrayBuffer(4 * (FIRST + workers * EACH))) {
    this.workers = workers;
    this.memory = memory;
    this.words = new Int32Array(memory);
  }

  at(name) {
    return Atomics.load(this.words, GLOBAL[name]);
  }

  add(name, value) {
    return Atomics.add(this.words, GLOBAL[name], value) + value;
  }

  set(name, value) {
    Atomics.store(this.words, GLOBAL[name], value);
    Atomics.notify(this.words, GLOBAL[name]);
  }

  /** Blocks while the word has this value. */
  blockWhile(name, value) {
    while (this.at(name) === value) Atomics.wait(this.words, GLOBAL[name], value, 1000);
  }

  /** Where workers rest while they are to pause: nothing of theirs is in flight. */
  passGate() {
    if (this.at('PAUSE') === 0) return;
    this.add('PAUSED', 1);
    this.blockWhile('PAUSE', 1);
    this.add('PAUSED', -1);
  }

  operations() {
    let sum = 0;
    for (let worker = 0; worker < this.workers; worker++) sum += this.words[this.#own(worker, 'OPERATIONS')];
    return sum;
  }

  did(worker, operations) {
    this.words[this.#own(worker, 'OPERATIONS')] += operations;
  }

  /** How often each way of using the objects was gone to its end. */
  ways() {
    const ways = Array(WAYS).fill(0);
    for (let worker = 0; worker < this.workers; worker++) {
      const from = this.#own(worker, 'WAYS');
      for (let way = 0; way < WAYS; way++) ways[way] += this.words[from + way];
    }
    return ways;
  }

  went(worker, way, times = 1) {
    this.words[this.#own(worker, 'WAYS') + way] += times;
  }

  /** Opens an entry (`POSTING` and the like) of so much, or with a negative number closes it. */
  open(worker, entry, much = 1) {
    Atomics.add(this.words, this.#own(worker, entry), much);
  }

  /** What a worker that was terminated left open, which is then struck. */
  strike(worker, entry) {
    return Atomics.exchange(this.words, this.#own(worker, entry), 0);
  }

  #own(worker, word) {
    return FIRST + worker * EACH + OWN[word];
  }
}
