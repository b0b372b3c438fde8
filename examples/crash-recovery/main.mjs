// A worker is killed in the middle of a change to shared memory. The next owner of the lock is told, and repairs it.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Mutex, Semaphore } from '@eventfd/semaphore';

const ACCOUNTS = 4;
const START = 1000;
// After the accounts comes a journal: what is being moved, from whom, to whom, and what the two had before.
const JOURNAL = ACCOUNTS;

const total = (bank) => bank.slice(0, ACCOUNTS).reduce((a, b) => a + b);

/** Moves money, and can stand still half way, so that it can be killed there. */
function transfer(bank, from, to, amount, halfWay = () => {}) {
  bank.set([amount, from, to, bank[from], bank[to]], JOURNAL);
  bank[from] -= amount;
  halfWay(); // the money has left one account and not reached the other
  bank[to] += amount;
  bank[JOURNAL] = 0;
}

/** Undoes a transfer that was cut off. Undoing it twice is harmless: whoever repairs may be killed, too. */
function repair(bank) {
  if (bank[JOURNAL] === 0) return;
  const [, from, to, fromHad, toHad] = bank.slice(JOURNAL);
  bank[from] = fromHad;
  bank[to] = toHad;
  bank[JOURNAL] = 0;
}

/** Says where it is, and stands there until it is killed. */
function standStill() {
  parentPort.postMessage('half way');
  for (;;);
}

/** The mutex of old: 0 free, 1 locked. Who dies with it locked leaves it locked. */
function lockWithAtomics(word, timeout) {
  while (Atomics.compareExchange(word, 0, 0, 1) !== 0) {
    if (Atomics.wait(word, 0, 1, timeout) === 'timed-out') return false;
  }
  return true;
}

async function killHalfWay(shared, how) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { ...shared, how } });
  await once(worker, 'message');
  await worker.terminate();
}

async function main() {
  const shared = {
    bank: new Int32Array(new SharedArrayBuffer(4 * (ACCOUNTS + 5))).fill(START, 0, ACCOUNTS),
    word: new Int32Array(new SharedArrayBuffer(4)),
    mutex: new Mutex({ name: 'bank' }),
    connections: new Semaphore(2, { name: 'connections' }),
  };
  const { bank, word, mutex, connections } = shared;

  await killHalfWay(shared, 'atomics');
  const got = lockWithAtomics(word, 200);
  console.log(
    `Atomics: the lock is ${got ? 'free' : 'still locked 200 ms after its holder died, and will be for ever'}`,
  );
  repair(bank);

  await killHalfWay(shared, 'mutex');
  console.log(`Mutex:   the worker died half way: ${total(bank)} of ${ACCOUNTS * START} are there`);
  mutex.runSync((guard) => {
    console.log(`Mutex:   the next owner has the lock; abandoned: ${guard.abandoned}`);
    if (guard.abandoned) repair(bank);
    transfer(bank, 1, 2, 500);
  });
  mutex.runSync((guard) => {
    console.log(`Mutex:   repaired: ${total(bank)} of ${ACCOUNTS * START} are there; abandoned: ${guard.abandoned}`);
  });
  console.log(`Semaphore: ${connections.available} of ${connections.permits} permits; the dead worker held one`);
}

function work({ how, bank, word, mutex, connections }) {
  if (how === 'atomics') {
    lockWithAtomics(word, Number.POSITIVE_INFINITY);
    transfer(bank, 0, 1, 100, standStill);
  } else {
    Semaphore.from(connections).acquireSync();
    Mutex.from(mutex).runSync(() => transfer(bank, 0, 1, 100, standStill));
  }
}

if (isMainThread) await main();
else work(workerData);
