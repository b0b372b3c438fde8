// Stops workers that are in the middle of something: by terminate(), then by close() and a Latch.
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Latch, Semaphore } from '@eventfd/semaphore';

const WORKERS = 6;
const AT_ONCE = 2;
const STARTED = 0;
const FINISHED = 1;
const REFUSED = 2;

/** A job in two halves: what is started must be finished, or somebody has to clean up. */
async function job(counts) {
  Atomics.add(counts, STARTED, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  Atomics.add(counts, FINISHED, 1);
}

function start() {
  const shared = {
    counts: new Int32Array(new SharedArrayBuffer(12)),
    admission: new Semaphore(AT_ONCE, { name: 'jobs at once' }),
    gone: new Latch(WORKERS, { name: 'all workers have stopped' }),
  };
  const workers = Array.from({ length: WORKERS }, () => new Worker(new URL(import.meta.url), { workerData: shared }));
  return { ...shared, workers };
}

/** Until the workers are in the thick of it: some inside, the others in the queue. */
async function busy({ counts, admission }) {
  while (counts[STARTED] < 10 || admission.waiting < WORKERS - AT_ONCE) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function report(what, { counts }) {
  const [started, finished, refused] = counts;
  const cut = started - finished;
  console.log(`${what}: ${finished} jobs finished, ${cut} cut off half way, ${refused} workers told to stop`);
}

async function work({ counts, admission: posted, gone }) {
  const admission = Semaphore.from(posted);
  try {
    for (;;) await admission.run(() => job(counts));
  } catch (error) {
    // Closed while it waited for its next job. Those who are inside finish theirs, and are refused the next.
    if (error.code !== 'ERR_SEMAPHORE_CLOSED') throw error;
    Atomics.add(counts, REFUSED, 1);
  }
  Latch.from(gone).countDown();
}

async function abruptly() {
  const server = start();
  await busy(server);
  await Promise.all(server.workers.map((worker) => worker.terminate()));
  report('terminate()      ', server);
}

async function gracefully() {
  const server = start();
  // As a service would: SIGTERM begins the shutdown. Here the program sends it to itself.
  const asked = once(process, 'SIGTERM');
  await busy(server);
  process.kill(process.pid, 'SIGTERM');
  await asked;
  server.admission.close(); // on every thread: whoever waits, and whoever comes, is refused
  await server.gone.wait({ timeout: 10_000 }); // and terminate() for those who do not come, in a real service
  report('close(), a Latch ', server);
}

if (isMainThread) {
  await abruptly();
  await gracefully();
} else {
  await work(workerData);
}
