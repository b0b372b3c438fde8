/** What one writes with Atomics.wait when one does it well: a lock for readers and writers that prefers writers. */

/** So many readers are inside; or one writer. */
const STATE = 0;
const WRITER = -1;
/** Writers that wait, for whom no reader goes in any more. */
const WRITERS = 1;
/** Readers that wait. */
const READERS = 2;
/** Whose turn it is: each changes before somebody is woken, so that nobody falls asleep over a wake-up. */
const WRITERS_TURN = 3;
const READERS_TURN = 4;

export class AtomicsRwLock {
  readonly #words: Int32Array;
  readonly #spins: number;

  /** @param spins looks at the lock before each wait */
  constructor(shared: SharedArrayBuffer, spins = 0) {
    this.#words = new Int32Array(shared);
    this.#spins = spins;
  }

  static share(): SharedArrayBuffer {
    return new SharedArrayBuffer(64);
  }

  read(): void {
    const words = this.#words;
    for (let looks = 0; !this.#tryRead(); ) {
      if (looks++ < this.#spins) continue;
      looks = 0;
      Atomics.add(words, READERS, 1);
      const turn = Atomics.load(words, READERS_TURN);
      if (!this.#isOpen()) Atomics.wait(words, READERS_TURN, turn);
      Atomics.sub(words, READERS, 1);
    }
  }

  unlockRead(): void {
    if (Atomics.sub(this.#words, STATE, 1) === 1) this.#wake();
  }

  write(): void {
    if (this.#tryWrite()) return;
    for (let looks = 0; looks < this.#spins; looks++) if (this.#tryWrite()) return;
    const words = this.#words;
    Atomics.add(words, WRITERS, 1);
    for (;;) {
      const turn = Atomics.load(words, WRITERS_TURN);
      if (this.#tryWrite()) break;
      Atomics.wait(words, WRITERS_TURN, turn);
    }
    Atomics.sub(words, WRITERS, 1);
  }

  unlockWrite(): void {
    Atomics.store(this.#words, STATE, 0);
    this.#wake();
  }

  /** Readers go in. */
  #isOpen(): boolean {
    return Atomics.load(this.#words, STATE) !== WRITER && Atomics.load(this.#words, WRITERS) === 0;
  }

  #tryRead(): boolean {
    const words = this.#words;
    let inside = Atomics.load(words, STATE);
    while (inside !== WRITER && Atomics.load(words, WRITERS) === 0) {
      const seen = Atomics.compareExchange(words, STATE, inside, inside + 1);
      if (seen === inside) return true;
      inside = seen;
    }
    return false;
  }

  #tryWrite(): boolean {
    const words = this.#words;
    return Atomics.load(words, STATE) === 0 && Atomics.compareExchange(words, STATE, 0, WRITER) === 0;
  }

  /** Nobody is inside: one writer, or all readers. */
  #wake(): void {
    const words = this.#words;
    if (Atomics.load(words, WRITERS) > 0) {
      Atomics.add(words, WRITERS_TURN, 1);
      Atomics.notify(words, WRITERS_TURN, 1);
    } else if (Atomics.load(words, READERS) > 0) {
      Atomics.add(words, READERS_TURN, 1);
      Atomics.notify(words, READERS_TURN);
    }
  }
}
