import { Worker } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { SMALL_HEAP } from '../support/deaths.js';
import { Gauge } from '../support/gauge.mjs';

const WORKERS = 16;
const ways = ['return', 'exit', 'throw', 'exhaust', 'terminate'];

test('the main thread, blocked for all of 16 permits, gets them when the 16 workers that hold them die', async () => {
  const lock = new Semaphore(WORKERS);
  const gauge = new Gauge();
  const gone = Array.from({ length: WORKERS }, (_, i) => {
    const worker = new Worker(new URL('../fixtures/die-when-waited-for.mjs', import.meta.url), {
      workerData: { adapter: 'Semaphore(3)', lock, gauge: gauge.memory, way: ways[i % ways.length] },
      resourceLimits: SMALL_HEAP,
    });
    worker.on('error', () => {}); // that is how some of them die
    return new Promise((resolve) => worker.on('exit', resolve));
  });
  await until('all to hold one', () => gauge.entries === WORKERS, gauge);
  expect(lock.available).toBe(0);

  // They die while this thread can hear neither of their ends nor of their errors.
  const all = lock.acquireSync({ permits: WORKERS, timeout: 30_000 });

  await within('the ends of the workers', Promise.all(gone));
  all.release();
  expect([lock.available, lock.waiting]).toEqual([WORKERS, 0]);
});
