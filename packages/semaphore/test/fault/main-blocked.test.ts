import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { SMALL_HEAP } from '../support/deaths.js';
import { expectWhole, fill } from '../support/fill.js';
import { Gauge } from '../support/gauge.mjs';
import { locks } from '../support/locks.mjs';

const ways = ['return', 'exit', 'throw', 'exhaust', 'terminate'];

describe.each(Object.entries(locks))('%s: the main thread, blocked in a sync wait, is served', (name, adapter) => {
  test.each(ways)('when the holder dies by %s', async (way) => {
    const lock = adapter.make();
    const gauge = new Gauge();
    const holds = fill(adapter, lock, 1);
    const worker = new Worker(new URL('../fixtures/die-when-waited-for.mjs', import.meta.url), {
      workerData: { adapter: name, lock, gauge: gauge.memory, way },
      resourceLimits: SMALL_HEAP,
    });
    const errors: unknown[] = [];
    worker.on('error', (error) => errors.push(error));
    const gone = new Promise((resolve) => worker.on('exit', resolve));
    await until('the worker to hold the lock', () => gauge.entries === 1, lock);

    const hold = adapter.acquireSync(lock, { timeout: 30_000 });

    await within('the end of the worker', gone);
    expect(errors.length).toBe(way === 'throw' || way === 'exhaust' ? 1 : 0);
    for (const each of [hold, ...holds]) adapter.release(each);
    expectWhole(adapter, lock);
  });
});
