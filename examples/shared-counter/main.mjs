// Eight workers add to one account in shared memory: first without a lock, then under a Mutex.
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Latch, Mutex } from '@eventfd/semaphore';

const WORKERS = 8;
const DEPOSITS = 20_000;

/** One deposit: reads, thinks, writes. Whoever writes in between is overwritten. */
function deposit(account) {
  const { balance, deposits } = { balance: account[0], deposits: account[1] };
  for (let i = 0; i < 50; i++) Math.sqrt(i);
  account[0] = balance + 10;
  account[1] = deposits + 1;
}

async function run(locked) {
  const account = new Int32Array(new SharedArrayBuffer(8));
  const mutex = new Mutex({ name: 'account' });
  const ready = new Latch(WORKERS, { name: 'all workers are there' });
  const begin = performance.now();
  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(new URL(import.meta.url), { workerData: { account, mutex, ready, locked } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  const [balance, deposits] = account;
  const expected = WORKERS * DEPOSITS;
  const ms = Math.round(performance.now() - begin);
  const what = locked ? 'with the Mutex   ' : 'without a lock   ';
  console.log(`${what} ${deposits} of ${expected} deposits, balance ${balance} of ${expected * 10}, in ${ms} ms`);
}

function work({ account, mutex: posted, ready, locked }) {
  const mutex = Mutex.from(posted);
  Latch.from(ready).arriveAndWaitSync(); // all begin together
  for (let i = 0; i < DEPOSITS; i++) {
    // runSync() unlocks however the function ends. A worker need not stay responsive here, so it may block.
    if (locked) mutex.runSync(() => deposit(account));
    else deposit(account);
  }
}

if (isMainThread) {
  await run(false);
  await run(true);
} else {
  work(workerData);
}
