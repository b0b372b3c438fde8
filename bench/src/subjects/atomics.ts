/** What one writes with Atomics.wait when one does it well: three-state mutex and semaphore, after Drepper. */

/** 0: free. 1: locked. 2: locked, and somebody may wait. */
const [FREE, LOCKED, CONTENDED] = [0, 1, 2];

export class AtomicsMutex {
  readonly #word: Int32Array;
  readonly #spins: number;

  /** @param spins looks at the word before each wait */
  constructor(shared: SharedArrayBuffer, spins = 0) {
    this.#word = new Int32Array(shared);
    this.#spins = spins;
  }

  static share(): SharedArrayBuffer {
    return new SharedArrayBuffer(64);
  }

  lock(): void {
    const word = this.#word;
    if (Atomics.compareExchange(word, 0, FREE, LOCKED) === FREE) return;
    for (let i = 0; i < this.#spins; i++) {
      if (Atomics.load(word, 0) === FREE && Atomics.compareExchange(word, 0, FREE, LOCKED) === FREE) return;
    }
    while (Atomics.exchange(word, 0, CONTENDED) !== FREE) Atomics.wait(word, 0, CONTENDED);
  }

  unlock(): void {
    if (Atomics.exchange(this.#word, 0, FREE) === CONTENDED) Atomics.notify(this.#word, 0, 1);
  }
}

/** Word 0: free permits. Word 1: threads that wait. */
export class AtomicsSemaphore {
  readonly #words: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared);
  }

  static share(permits: number): SharedArrayBuffer {
    const shared = new SharedArrayBuffer(64);
    new Int32Array(shared)[0] = permits;
    return shared;
  }

  tryAcquire(): boolean {
    const words = this.#words;
    let free = Atomics.load(words, 0);
    while (free > 0) {
      const seen = Atomics.compareExchange(words, 0, free, free - 1);
      if (seen === free) return true;
      free = seen;
    }
    return false;
  }

  acquireSync(): void {
    while (!this.tryAcquire()) {
      Atomics.add(this.#words, 1, 1);
      Atomics.wait(this.#words, 0, 0);
      Atomics.sub(this.#words, 1, 1);
    }
  }

  /** The promise does not keep the loop alive: whoever awaits it sees to that. */
  async acquire(): Promise<void> {
    while (!this.tryAcquire()) {
      Atomics.add(this.#words, 1, 1);
      const { async, value } = waitAsync(this.#words, 0, 0);
      if (async) await value;
      Atomics.sub(this.#words, 1, 1);
    }
  }

  release(): void {
    Atomics.add(this.#words, 0, 1);
    if (Atomics.load(this.#words, 1) > 0) Atomics.notify(this.#words, 0, 1);
  }
}

type WaitAsync = (
  array: Int32Array,
  index: number,
  value: number,
) => { async: boolean; value: Promise<string> | string };

/** TypeScript's library has it from ES2024 on; Node 20 has it. */
export const waitAsync: WaitAsync = (array, index, value) =>
  (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync(array, index, value);
