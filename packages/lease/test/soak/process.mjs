// A process of the fleet: its main thread leases, its threads take and hold. Each hold is written to a file of the thread's own, as
// it begins and as it ends, by the machine's one clock, so that a kill -9 loses nothing of it.
import { openSync, readdirSync, writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { lease } from '@eventfd/lease';
import { Semaphore } from '@eventfd/semaphore';
import { randomOf } from '../../../semaphore/test/support/random.mjs';
import { engineFrom } from '../fixtures/engine.mjs';

if (isMainThread) await lead();
else await work();

async function lead() {
  const { name, engine, terms, threads, file, seed } = JSON.parse(process.argv[2]);
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  const leased = await lease(name, { ...terms, engine: engineFrom(engine) });
  leased.on('state', (state, why) => process.send({ state, why: why?.message }));
  const workers = Array.from({ length: threads }, (_, i) => {
    const data = { semaphore: leased.semaphore, file: `${file}.${i}`, seed: seed + i };
    return new Worker(new URL(import.meta.url), { workerData: data });
  });
  const ended = Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
  process.on('message', async ({ order, ms }) => {
    if (order === 'block') {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      // What the keeper has told meanwhile is heard before.
      setTimeout(() => process.send({ blocked: true }), 50);
    }
    if (order !== 'end') return;
    for (const worker of workers) worker.postMessage('end');
    await ended;
    await leased.close();
    // What the threads and the keeper had is closed when their ends have come to the loop.
    for (let i = 0; i < 200 && descriptors() > before; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    process.send({ ended: true, descriptors: descriptors() - before });
    process.disconnect();
  });
  process.send({ begun: true });
}

async function work() {
  const { parentPort } = await import('node:worker_threads');
  const semaphore = Semaphore.from(workerData.semaphore);
  const random = randomOf(workerData.seed);
  const fd = openSync(workerData.file, 'a');
  let ending = false;
  parentPort.once('message', () => {
    ending = true;
  });
  while (!ending) {
    const sync = random(3) === 0;
    let permit;
    try {
      permit = sync
        ? semaphore.acquireSync({ timeout: 200 })
        : await semaphore.acquire({ timeout: 200 + random(2000) });
    } catch (error) {
      if (error.code !== 'ERR_TIMEOUT') throw error;
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    writeSync(fd, `+${process.hrtime.bigint()}\n`);
    if (sync) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, random(15));
    else await new Promise((resolve) => setTimeout(resolve, random(25)));
    writeSync(fd, `-${process.hrtime.bigint()}\n`);
    permit.release();
    // Now and then nobody wants anything, so that idle permits travel.
    if (random(40) === 0) await new Promise((resolve) => setTimeout(resolve, random(400)));
  }
  parentPort.close();
}
