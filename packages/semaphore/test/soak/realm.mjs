/** A World with what only the soak has: objects that are waited for without limit, and the kernel's own counters. */
import assert from 'node:assert/strict';
import { FdSemaphore, Mutex, RwLock, Semaphore, SharedAbortController, Signal } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';
import { World } from '../support/world.mjs';
import { TO_ABORT } from './realm-ways.mjs';

const FAIR_PERMITS = 2;
const DRAWN_PERMITS = 3;
/** Each aborts once. */
const CONTROLLERS = 12;

const counter = (initial) => new FdSemaphore(new EventFd(initial, { semaphore: true }));

export class Realm extends World {
  #unread = 0;
  #handedTooMuch = 0;

  constructor(number, workers, latch) {
    const name = `realm ${number}`;
    super(name, workers, latch);
    this.number = number;
    const options = { fair: true, name: `${name}, without limit` };
    this.endless = {
      semaphore: new Semaphore(FAIR_PERMITS, options),
      mutex: new Mutex(options),
      rwlock: new RwLock(options),
      signal: new Signal(0, options),
    };
    this.controllers = Array.from(
      { length: CONTROLLERS },
      (_, i) => new SharedAbortController({ name: `${TO_ABORT}${name}, ${i}` }),
    );
    this.kernel = { limit: counter(DRAWN_PERMITS), flow: counter(0) };
    Object.assign(this.open, { WRITING: 0, READING: 0, DRAWING: 0, HANDING: 0 });
    this.everOpen = { ...this.open };
  }

  /** What a worker is told of it. */
  get posted() {
    const { number, objects, endless, controllers, kernel, books } = this;
    return { number, objects, endless, controllers, kernel, memory: books.memory };
  }

  /** @throws AssertionError unless everything is there */
  check() {
    this.#checkEndless();
    this.#checkKernel();
    super.check();
  }

  /** Ends it for whoever is using it. */
  close() {
    for (const object of [...Object.values(this.objects), ...Object.values(this.endless)]) object.close();
  }

  dispose() {
    for (const object of [...Object.values(this.objects), ...Object.values(this.endless)]) object[Symbol.dispose]();
    for (const each of this.controllers) each[Symbol.dispose]();
    for (const { eventfd } of Object.values(this.kernel)) eventfd.close();
  }

  #checkEndless() {
    const { semaphore, mutex, rwlock, signal } = this.endless;
    assert.deepEqual(
      {
        available: semaphore.available,
        locked: mutex.locked,
        readers: rwlock.readers,
        writing: rwlock.writing,
        waiting: [semaphore.waiting, mutex.waiting, rwlock.waiting, signal.waiting],
      },
      { available: FAIR_PERMITS, locked: false, readers: 0, writing: false, waiting: [0, 0, 0, 0] },
    );
    // Who posts and then waits leaves nothing, unless it dies in between.
    const more = signal.count - this.#handedTooMuch;
    assert.ok(more >= 0 && more <= this.open.HANDING, `${more} hand-overs too many: ${JSON.stringify(this.open)}`);
    this.#handedTooMuch = signal.count;
  }

  #checkKernel() {
    const { limit, flow } = this.kernel;
    // The kernel keeps no ledger: what the dead held is gone, and this thread, which knows, puts it back.
    const missing = DRAWN_PERMITS - Number(limit.available);
    assert.ok(missing >= 0 && missing <= this.open.DRAWING, `${missing} drawn: ${JSON.stringify(this.open)}`);
    if (missing > 0) limit.eventfd.writeSync(missing);
    const unread = this.books.at('WRITTEN') - this.books.at('READ') - Number(flow.available);
    const lost = unread - this.#unread;
    const { READING, WRITING } = this.open;
    assert.ok(lost <= READING && -lost <= WRITING, `${lost} written and gone: ${JSON.stringify(this.open)}`);
    this.#unread = unread;
  }
}
