import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole } from '../support/fill.js';
import { locks } from '../support/locks.mjs';
import { randomOf, seedOf } from '../support/random.mjs';

const TERMINATIONS = Math.ceil(1000 / Object.keys(locks).length);
const AT_A_TIME = 6;

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test(`${TERMINATIONS} workers terminated at random points: no permit lost, no waiter stuck`, async () => {
    const seed = seedOf(name);
    const random = randomOf(seed);
    const lock = adapter.make();

    const liveAndDie = async (workerSeed: number) => {
      const worker = new Worker(new URL('../fixtures/random-life.mjs', import.meta.url), {
        workerData: { adapter: name, lock, seed: workerSeed },
      });
      const begun = new Promise((resolve, reject) => {
        worker.on('error', reject);
        worker.once('message', resolve);
      });
      await within('the beginning of a worker', begun, lock);
      // Some die at once, most a moment later.
      const moment = random(5);
      if (moment > 0) await sleep(moment);
      await within('terminate()', worker.terminate(), lock);
    };

    // Others come and go all the while.
    const visitor = await Actor.start({ adapter: name, lock });
    const visits = visitor.call('cycle', 1000, ['sync', 'async']);
    let begun = 0;
    const chain = async () => {
      while (begun < TERMINATIONS) await liveAndDie(seed + begun++);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, chain));
    await within('the visits of the worker that lives on', visits, lock);

    expect([adapter.free(lock), lock.waiting]).toEqual([adapter.limit, 0]);
    await visitor.call('cycle', 10, ['sync', 'async']);
    expectWhole(adapter, lock);
    await visitor.terminate();
  }, 120_000);
});
