// A queue of numbers in shared memory, of limited length: a Mutex, and two Conditions that go with it.
import { Condition, Mutex } from '@eventfd/semaphore';

const HEAD = 0; // numbers taken so far
const TAIL = 1; // numbers put so far
const ENDED = 2; // 1: nothing more will be put
const HIGHEST = 3; // the most there ever were at once
const ITEMS = 4;

/** What is posted to the threads; each makes its own BoundedBuffer of it. */
export function makeBuffer(capacity, name) {
  const mutex = new Mutex({ name });
  return {
    words: new Int32Array(new SharedArrayBuffer(4 * (ITEMS + capacity))),
    notFull: new Condition(mutex, { name: `${name} is not full` }),
    notEmpty: new Condition(mutex, { name: `${name} is not empty` }),
  };
}

export class BoundedBuffer {
  #words;
  #notFull;
  #notEmpty;
  #mutex;

  constructor({ words, notFull, notEmpty }) {
    this.#words = words;
    this.#notFull = Condition.from(notFull);
    this.#notEmpty = Condition.from(notEmpty);
    this.#mutex = this.#notFull.mutex; // it came along
  }

  get #length() {
    return this.#words[TAIL] - this.#words[HEAD];
  }

  get #capacity() {
    return this.#words.length - ITEMS;
  }

  get highest() {
    return this.#words[HIGHEST];
  }

  /** Puts a number in, and blocks as long as the buffer is full: that is what slows a fast producer down. */
  put(number) {
    this.#mutex.runSync((guard) => {
      // Unlocks while it waits, and has the lock again when it looks at the length.
      this.#notFull.waitForSync(guard, () => this.#length < this.#capacity);
      this.#words[ITEMS + (this.#words[TAIL]++ % this.#capacity)] = number;
      this.#words[HIGHEST] = Math.max(this.#words[HIGHEST], this.#length);
      this.#notEmpty.notify();
    });
  }

  /** Takes the oldest number out, and blocks as long as there is none. `undefined` when there will never be one. */
  take() {
    return this.#mutex.runSync((guard) => {
      this.#notEmpty.waitForSync(guard, () => this.#length > 0 || this.#words[ENDED] === 1);
      if (this.#length === 0) return undefined;
      const number = this.#words[ITEMS + (this.#words[HEAD]++ % this.#capacity)];
      this.#notFull.notify();
      return number;
    });
  }

  /** Nothing more will be put: whoever waits for a number is told. */
  end() {
    this.#mutex.runSync(() => {
      this.#words[ENDED] = 1;
      this.#notEmpty.notifyAll();
    });
  }
}
