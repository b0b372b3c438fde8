import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { inspect, Mutex, Semaphore, Signal } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { Peer } from '../support/peer.js';
import { randomOf, seedOf } from '../support/random.mjs';

const TERMINATIONS = 200;
const AT_A_TIME = 6;

test(`${TERMINATIONS} threads begin and die while two others look: no crash, and nothing stale`, async () => {
  const random = randomOf(seedOf('inspect'));
  using semaphore = new Semaphore(3, { name: 'dying' });
  using mutex = new Mutex({ name: 'dying' });
  using signal = new Signal(0, { name: 'dying' });
  const viewers = await Peer.startMany(2, semaphore);
  for (const viewer of viewers) viewer.tell('inspectUntilTold', 'dying');

  let begun = 0;
  const chain = async () => {
    while (begun++ < TERMINATIONS) {
      const worker = new Worker(new URL('../fixtures/busy-life.mjs', import.meta.url), {
        workerData: { semaphore, mutex, signal },
      });
      const ready = new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      await within('the beginning of a worker', ready);
      signal.post();
      await sleep(random(4));
      await within('terminate()', worker.terminate());
      inspect();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, chain));

  for (const viewer of viewers) {
    Atomics.store(viewer.words, 0, 1);
    Atomics.notify(viewer.words, 0);
    await viewer.do('ready');
    expect(viewer.words[1]).toBeGreaterThan(100);
    expect(viewer.words[2]).toBe(0);
  }
  const left = inspect().filter(({ name }) => name === 'dying');
  expect(left.map(({ kind, holders, waiters }) => ({ kind, holders, waiters }))).toEqual([
    { kind: 'Semaphore', holders: [], waiters: [] },
    { kind: 'Mutex', holders: [], waiters: [] },
    { kind: 'Signal', holders: [], waiters: [] },
  ]);
  expect([semaphore.available, mutex.locked]).toEqual([3, false]);
  for (const viewer of viewers) await viewer.terminate();
}, 120_000);
