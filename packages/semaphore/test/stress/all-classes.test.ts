import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { randomOf, seedOf } from '../support/random.mjs';
import { World } from '../support/world.mjs';

const WORKERS = 8;
const OPERATIONS = 1_000_000;
/** Terminated while they run, and while they are known to hold something. */
const KILLED_RUNNING = 36;
const KILLED_HOLDING = 12;
const PAUSES = 6;

const name = 'all classes';
const world = new World(name, WORKERS);
const { objects, books } = world;
const { semaphore, mutex, rwlock, signal, event, latch, barrier } = objects;

interface Life {
  readonly worker: Worker;
  readonly begun: Promise<unknown>;
  readonly ended: Promise<number>;
}

const failures: unknown[] = [];
const lives: Life[] = [];

function begin(slot: number, seed: number): void {
  const worker = new Worker(new URL('../fixtures/all-classes-life.mjs', import.meta.url), {
    workerData: { objects, worker: slot, workers: WORKERS, memory: books.memory, seed },
  });
  worker.on('error', (error) => failures.push(error));
  lives[slot] = {
    worker,
    begun: new Promise((resolve) => worker.once('message', resolve)),
    ended: new Promise((resolve) => worker.once('exit', resolve)),
  };
}

function life(slot: number): Life {
  return lives[slot] as Life;
}

async function kill(slot: number): Promise<void> {
  await within('the beginning of a worker', life(slot).begun, failures);
  await within('terminate()', life(slot).worker.terminate(), objects);
  world.strike(slot);
}

/** Nothing is in flight: what is free and what is held make up all there is. */
function expectConserved(): void {
  expect(failures).toEqual([]);
  world.check();
}

afterAll(() => Promise.all(lives.map(({ worker }) => worker.terminate())));

test(`${WORKERS} workers, ${OPERATIONS} operations, aborts, timeouts, ${KILLED_RUNNING + KILLED_HOLDING} deaths`, async () => {
  const seed = seedOf(name);
  const random = randomOf(seed);
  let begun = 0;
  const next = (slot: number) => begin(slot, seed + begun++);
  for (let slot = 0; slot < WORKERS; slot++) next(slot);

  for (let pause = 1; pause <= PAUSES; pause++) {
    while (begun - WORKERS < (pause * KILLED_RUNNING) / PAUSES + (pause - 1) * (KILLED_HOLDING / PAUSES)) {
      await sleep(random(30));
      const slot = random(WORKERS);
      await kill(slot);
      next(slot);
    }
    await until(
      'the operations',
      () => books.operations() >= (OPERATIONS * pause) / PAUSES || failures.length > 0,
      objects,
      failures,
    );
    await Promise.all(lives.map((each) => within('the beginning of a worker', each.begun, failures)));

    books.set('PAUSE', 1);
    await until('all at rest', () => books.at('PAUSED') === WORKERS || failures.length > 0, objects, failures);
    expectConserved();
    for (let i = 0; i < KILLED_HOLDING / PAUSES; i++) {
      const slot = random(WORKERS);
      await kill(slot);
      // What it held is free; the others hold theirs.
      expectConserved();
      next(slot);
      books.add('PAUSED', -1);
      await within('the beginning of a worker', life(slot).begun, failures);
      await until('all at rest', () => books.at('PAUSED') === WORKERS || failures.length > 0, failures);
    }
    books.set('PAUSE', 0);
    await until('all at work', () => books.at('PAUSED') === 0, failures);
  }

  books.set('STOP', 1);
  for (const { ended } of lives) expect(await within('the end of a worker', ended, objects, failures)).toBe(0);
  expectConserved();
  expect([semaphore.available, semaphore.tryAcquire(world.permits) !== undefined]).toEqual([world.permits, true]);

  // Every way was gone, and everything still works.
  expect(Math.min(...books.ways().slice(0, 16))).toBeGreaterThan(0);
  mutex.lockSync({ timeout: 0 }).unlock();
  rwlock.writeSync({ timeout: 0 }).unlock();
  event.set();
  event.waitSync({ timeout: 0 });
  const left = signal.count;
  for (let i = 0; i < left; i++) expect(signal.tryWait()).toBe(true);
  expect(signal.tryWait()).toBe(false);
  latch.countDown(world.latch);
  latch.waitSync({ timeout: 0 });
  barrier.reset();
  const parties = await within('a round', Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]), barrier);
  expect(parties.filter(({ leader }) => leader).length).toBe(1);
  console.log(
    `${books.operations()} operations, ${books.at('POSTED')} posts, ${begun - WORKERS} deaths, left open: ${JSON.stringify(world.everOpen)}`,
  );
}, 120_000);
