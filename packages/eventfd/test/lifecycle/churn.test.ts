import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { openForWaits } from '../support/descriptors.js';

test('100 threads terminated at random points leave no descriptor behind, and the rest works on', async () => {
  using shared = new EventFd();
  const seed = Date.now() % 2 ** 31;
  console.log(`churn: seed ${seed}`);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  };
  const before = openForWaits();
  for (let round = 0; round < 50; round++) {
    const workers = [1, 2].map(
      () => new Worker(new URL('../fixtures/churn.mjs', import.meta.url), { workerData: shared }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    await sleep(random() * 5); // not to synchronise with anything: to strike anywhere
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  expect(openForWaits()).toBe(before);
  shared.tryRead();
  shared.tryWrite(3);
  expect(await shared.read()).toBe(3n);
});
