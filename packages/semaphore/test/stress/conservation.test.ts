import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { expectWhole } from '../support/fill.js';
import { Gauge } from '../support/gauge.mjs';
import { locks } from '../support/locks.mjs';
import { seedOf } from '../support/random.mjs';

const WORKERS = 6;
const OPERATIONS = 3000;

type Tally = Record<'granted' | 'refused' | 'timedOut' | 'aborted', number>;

function live(workerData: object): Promise<Tally> {
  const worker = new Worker(new URL('../fixtures/random-life.mjs', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', (message: 'begun' | Tally) => {
      if (message !== 'begun') resolve(message);
    });
  });
}

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test('random acquires, releases, timeouts and aborts of six workers: nothing lost, nothing minted', async () => {
    const seed = seedOf(name);
    const lock = adapter.make();
    const gauge = new Gauge();
    const lives = Array.from({ length: WORKERS }, (_, i) =>
      live({ adapter: name, lock, seed: seed + i, operations: OPERATIONS, gauge: gauge.memory }),
    );
    const tallies = await within('the lives of all workers', Promise.all(lives), lock, gauge.inside);
    const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
    expect(gauge.inside).toBe(0);
    expect(gauge.peak).toBeLessThanOrEqual(adapter.limit);
    expect(gauge.entries).toBe(sum('granted'));
    // It was contended, or it proved nothing.
    expect(Math.min(sum('refused'), sum('timedOut'), sum('aborted'))).toBeGreaterThan(0);
    expectWhole(adapter, lock);
  });
});
