// A route handler that lets at most two of its worker threads in at once.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';

export const dynamic = 'force-dynamic';

const semaphore = Semaphore.open('at once', 2);
// Not bundled: a thread runs a file.
const file = join(process.cwd(), 'scenarios/worker.mjs');

export async function GET() {
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { task: 'limited', semaphore, counters, rounds: 200 };
  const workers = [1, 2, 3, 4].map(() => new Worker(file, { workerData }));
  const codes = await Promise.all(workers.map((worker) => once(worker, 'exit')));
  return Response.json({
    codes: codes.flat(),
    within: counters[1] >= 1 && counters[1] <= 2,
    available: semaphore.available,
    // instrumentation.js is another bundle.
    same: globalThis.opened?.id === semaphore.id,
  });
}
