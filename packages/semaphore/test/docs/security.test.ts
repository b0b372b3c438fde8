/** What docs/security.md says, done. */
import { once } from 'node:events';
import { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads';
import { Mutex, Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { output } from '../support/child.js';
import { within } from '../support/deadline.js';

const neighbour = new URL('../fixtures/hostile-neighbour.mjs', import.meta.url);

async function answer(worker: Worker): Promise<{ unlocked: number; seen: (string | undefined)[] }> {
  const [message] = await within('the neighbour', once(worker, 'message'));
  return message;
}

// Before the first object of this process: what is published later does not reach it.
const early = new Worker(neighbour, { workerData: 'later' });
await once(early, 'message');

const mutex = new Mutex({ name: 'secret' });
const handed = new Semaphore(1, { name: 'handed' });

/** A lock is held; whether another got in meanwhile. */
async function whileHeld<T>(mutex: Mutex, attack: () => Promise<T>): Promise<{ told: T; gotIn: boolean }> {
  expect(mutex.tryLock()).toBeDefined();
  expect(mutex.tryLock()).toBeUndefined();
  const told = await attack();
  return { told, gotIn: mutex.tryLock() !== undefined };
}

test('a worker started before the first object reaches none, but sees their names', async () => {
  const { told, gotIn } = await whileHeld(mutex, () => {
    early.postMessage(undefined);
    return answer(early);
  });
  expect([told.unlocked, gotIn]).toEqual([0, false]);
  expect(told.seen).toEqual(expect.arrayContaining(['secret', 'handed']));
});

test('handed one object, it reaches all that are in the same arena', async () => {
  const mutex = new Mutex();
  const { told, gotIn } = await whileHeld(mutex, () => {
    early.postMessage(handed);
    return answer(early);
  });
  expect([told.unlocked > 0, gotIn]).toEqual([true, true]);
  await early.terminate();
});

test.each<[string, WorkerOptions]>([
  ['as it is', {}],
  ['without an environment', { env: {} }],
  ['with a shared one', { env: SHARE_ENV }],
  ['with a limit of memory', { resourceLimits: { maxOldGenerationSizeMb: 64 } }],
])(
  'a worker started later, %s, unlocks what another holds, and makes permits, though it was handed nothing',
  async (_, options) => {
    const mutex = new Mutex();
    const semaphore = new Semaphore(1, { max: 77 });
    const { gotIn } = await whileHeld(mutex, async () => {
      const worker = new Worker(neighbour, { ...options, workerData: 'now' });
      const told = await answer(worker);
      await worker.terminate();
      return told;
    });
    expect([gotIn, semaphore.available]).toEqual([true, 6]);
  },
);

test('a process reaches nothing, and sees nothing', async () => {
  const mutex = new Mutex();
  const { told, gotIn } = await whileHeld(mutex, async () => JSON.parse(await output('hostile-neighbour.mjs')));
  expect([told, gotIn]).toEqual([{ unlocked: 0, seen: [null] }, false]);
});
