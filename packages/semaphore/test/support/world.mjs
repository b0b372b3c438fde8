/**
 * One object of each class, and the books that tell whether anything of it was lost.
 *
 * What has an owner is conserved exactly: free + held = total. What nobody owns (posts, counts of a latch) is entered in
 * the books after the fact, and what threads that died left open there is the bound within which they must balance:
 *
 *     posted - taken - there  <=  open TAKING       taken, and dead before it was entered
 *     taken + there - posted  <=  open POSTING      posted, and dead before it was entered
 */
import assert from 'node:assert/strict';
import {
  Barrier,
  Condition,
  Event,
  inspect,
  Latch,
  Mutex,
  RateLimit,
  RwLock,
  Semaphore,
  Signal,
} from '@eventfd/semaphore';
import { Books } from './books.mjs';

const PERMITS = 7;
const PARTIES = 3;
/** Permits, and places to wait for them. */
const BOUNDED = 2;

export class World {
  /** @param latch what its latch counts down from: so much that it stays shut, unless the test wants it open */
  constructor(name, workers, latch = 2 ** 29 - 1) {
    const mutex = new Mutex({ name });
    this.name = name;
    this.permits = PERMITS;
    this.latch = latch;
    this.objects = {
      // So that some count higher before they give up.
      semaphore: new Semaphore(PERMITS, { name, aging: 1 }),
      mutex,
      rwlock: new RwLock({ name, trackHolders: true }),
      condition: new Condition(mutex, { name }),
      signal: new Signal(0, { name }),
      event: new Event({ autoReset: true, name }),
      latch: new Latch(latch, { name }),
      barrier: new Barrier(PARTIES, { name }),
      rate: new RateLimit({ limit: 5, interval: 1, burst: 3, name }),
      bounded: new Semaphore(BOUNDED, { name: `${name}, bounded`, maxWaiting: BOUNDED }),
    };
    this.books = new Books(workers);
    /** What threads that died since the last check left open. */
    this.open = { POSTING: 0, TAKING: 0, COUNTING: 0 };
    /** The same, since ever. */
    this.everOpen = { ...this.open };
    this.untaken = 0;
    this.uncounted = 0;
  }

  /** A worker has died: what it left open is lost, or was never there. */
  strike(worker) {
    for (const entry of Object.keys(this.open)) {
      const much = this.books.strike(worker, entry);
      this.open[entry] += much;
      this.everOpen[entry] += much;
    }
  }

  held(kind) {
    const object = inspect().find((each) => each.name === this.name && each.kind === kind);
    return (object?.holders ?? []).reduce((sum, { permits }) => sum + permits, 0);
  }

  /**
   * Throws unless everything is there. To be called when nothing is in flight; from one check to the next it is exact as
   * long as nobody dies between a deed and its entry.
   */
  check() {
    const { semaphore, mutex, rwlock, signal, latch, bounded } = this.objects;
    for (const [key, { waiting }] of Object.entries(this.objects)) {
      assert.deepEqual({ key, waiting }, { key, waiting: 0 });
    }
    assert.equal(semaphore.available + this.held('Semaphore'), semaphore.permits);
    assert.equal(semaphore.permits, this.permits);
    assert.equal(bounded.available, BOUNDED);
    const { readers, writing } = rwlock;
    assert.deepEqual(
      { locked: mutex.locked, owners: this.held('Mutex'), readers, writing, lockers: this.held('RwLock') },
      { locked: false, owners: 0, readers: 0, writing: false, lockers: 0 },
    );

    const untaken = this.books.at('POSTED') - this.books.at('TAKEN') - signal.count;
    const lost = untaken - this.untaken;
    assert.ok(lost <= this.open.TAKING && -lost <= this.open.POSTING, `${lost} posts are gone: ${this.#shown()}`);
    this.untaken = untaken;
    // An open latch counts no further.
    if (latch.count > 0) {
      const uncounted = this.latch - latch.count - this.books.at('COUNTED');
      const minted = uncounted - this.uncounted;
      assert.ok(minted >= 0 && minted <= this.open.COUNTING, `${minted} counts too many: ${this.#shown()}`);
      this.uncounted = uncounted;
    }
    for (const entry of Object.keys(this.open)) this.open[entry] = 0;
  }

  #shown() {
    return JSON.stringify(this.open);
  }
}
