/** Counts, in memory that all threads share, who is inside: evidence for the limit. */
const INSIDE = 0;
const PEAK = 1;
const ENTRIES = 2;

export class Gauge {
  constructor(memory = new SharedArrayBuffer(12)) {
    this.memory = memory;
    this.words = new Int32Array(memory);
  }

  /** Returns how many came before. */
  enter(count = 1) {
    const inside = Atomics.add(this.words, INSIDE, count) + count;
    let peak = Atomics.load(this.words, PEAK);
    while (inside > peak) {
      const found = Atomics.compareExchange(this.words, PEAK, peak, inside);
      if (found === peak) break;
      peak = found;
    }
    return Atomics.add(this.words, ENTRIES, 1);
  }

  leave(count = 1) {
    Atomics.sub(this.words, INSIDE, count);
  }

  get inside() {
    return Atomics.load(this.words, INSIDE);
  }

  get peak() {
    return Atomics.load(this.words, PEAK);
  }

  get entries() {
    return Atomics.load(this.words, ENTRIES);
  }
}
