// What the picture shows: six workers, three permits, one mutex; a worker is killed with both in its hands.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Latch, Mutex, Semaphore } from '../../packages/semaphore/dist/index.js';

const WORKERS = 6;

/** Works, without a pause, for so many milliseconds: a worker that sleeps holds nothing up. */
function work(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function main() {
  const shared = {
    ready: new Latch(WORKERS, { name: 'all are there' }),
    connections: new Semaphore(3, { name: 'connections' }),
    journal: new Mutex({ name: 'journal' }),
  };
  const workers = Array.from(
    { length: WORKERS },
    (_, number) => new Worker(new URL(import.meta.url), { workerData: { number, ...shared } }),
  );
  const exits = workers.map((worker) => once(worker, 'exit'));
  const doomed = once(workers[2], 'message');
  await doomed;
  await workers[2].terminate();
  await Promise.all(exits);
}

async function worker({ number, ready, connections: postedConnections, journal: postedJournal }) {
  const connections = Semaphore.from(postedConnections);
  const journal = Mutex.from(postedJournal);
  await Latch.from(ready).arriveAndWait();
  for (let round = 0; round < 3; round++) {
    const permit = await connections.acquire();
    await rest(6 + 2 * ((number + round) % 3));
    const guard = journal.lockSync();
    work(3);
    if (number === 2 && round === 1) {
      parentPort.postMessage('kill me');
      for (;;);
    }
    guard.unlock();
    permit.release();
    await rest(2 + number);
  }
}

if (isMainThread) await main();
else await worker(workerData);
