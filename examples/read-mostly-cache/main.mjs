// A price list in shared memory, read all the time and replaced now and then: without a lock, then under an RwLock.
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Latch, RwLock } from '@eventfd/semaphore';

const READERS = 6;
const READS = 3_000;
const PRICES = 64;

/** A list is good when all its prices are of one edition. Returns whether this one is, seen at a reader's pace. */
function isOfOneEdition(prices) {
  const edition = prices[0];
  let good = true;
  for (let i = 1; i < PRICES; i++) good = prices[i] === edition && good;
  return good;
}

/** The writer: one new edition after the other, price by price, until the readers have done, and one in any case. */
function write({ prices, done, lock: posted, together, locked }) {
  const lock = RwLock.from(posted);
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  let edition = 0;
  // Readers that come after a waiting writer wait behind it, so this one does not come before they are all inside.
  Latch.from(together).waitSync();
  do {
    const guard = locked ? lock.writeSync() : undefined;
    edition += 1;
    for (let i = 0; i < PRICES; i++) prices[i] = edition;
    guard?.unlock();
    Atomics.wait(nobody, 0, 0, 1); // rests for a millisecond: the list is read far more often than it is written
  } while (Atomics.load(done, 0) < READERS);
  Atomics.store(done, 2, edition);
}

/** A reader: counts the lists it saw that were half old, half new. */
function read({ prices, done, lock: posted, together: latch, locked }) {
  const lock = RwLock.from(posted);
  const together = Latch.from(latch);
  let torn = 0;
  for (let i = 0; i < READS; i++) {
    const guard = locked ? lock.readSync() : undefined;
    // In the first read, everybody waits for everybody while holding the lock: with a Mutex this would never end.
    if (i === 0) together.arriveAndWaitSync();
    if (!isOfOneEdition(prices)) torn += 1;
    guard?.unlock();
  }
  Atomics.add(done, 1, torn);
  Atomics.add(done, 0, 1);
}

async function run(locked) {
  const shared = {
    locked,
    prices: new Int32Array(new SharedArrayBuffer(4 * PRICES)),
    done: new Int32Array(new SharedArrayBuffer(12)), // readers that have done; torn lists; editions
    lock: new RwLock({ name: 'prices' }),
    together: new Latch(READERS, { name: 'all readers are inside' }),
  };
  const start = (what) => new Worker(new URL(import.meta.url), { workerData: { what, ...shared } });
  const workers = [start('write'), ...Array.from({ length: READERS }, () => start('read'))];
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  const [readers, torn, editions] = shared.done;
  console.log(
    `${locked ? 'with the RwLock  ' : 'without a lock   '} ${readers} readers, ${readers * READS} reads, ` +
      `${editions} editions, ${torn} lists seen half old, half new`,
  );
  if (locked) console.log(`all ${readers} readers were inside at once, which a Mutex would not allow`);
}

if (isMainThread) {
  await run(false);
  await run(true);
} else if (workerData.what === 'write') {
  write(workerData);
} else {
  read(workerData);
}
