import {
  MessageChannel,
  receiveMessageOnPort,
  SHARE_ENV,
  setEnvironmentData,
  Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { Semaphore, type SemaphoreHandle } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';

const fixture = new URL('../fixtures/share.mjs', import.meta.url);

/** A worker of fixtures/share.mjs. It says one thing, and ends when it is told to. */
class Sharer {
  readonly worker: Worker;
  readonly #said: Promise<unknown>;
  readonly #gone: Promise<unknown>;

  constructor(way: string, workerData: object = {}, options: WorkerOptions = {}) {
    this.worker = new Worker(fixture, { ...options, workerData: { way, ...workerData } });
    this.#said = new Promise((resolve, reject) => this.worker.on('message', resolve).on('error', reject));
    this.#gone = new Promise((resolve) => this.worker.on('exit', resolve));
  }

  said<T>(): Promise<T> {
    return within('word of the worker', this.#said as Promise<T>);
  }

  async end(): Promise<void> {
    this.worker.postMessage('end');
    expect(await within('the end of the worker', this.#gone)).toBe(0);
  }
}

test('a structured clone of the semaphore, of its handle, and of a clone attach the same one', () => {
  const semaphore = new Semaphore(4, { name: 'shared', fair: true });
  const arrived = structuredClone(semaphore);
  expect(Object.keys(arrived)).toEqual(['handle']);
  const clones = [semaphore, semaphore.handle, arrived, arrived.handle, structuredClone(arrived)];
  for (const clone of clones) {
    const twin = Semaphore.from(clone);
    const permit = twin.tryAcquire(3);
    expect([twin.name, twin.fair, twin.permits, semaphore.available]).toEqual(['shared', true, 4, 1]);
    permit?.release();
  }
});

test('through a message port, several times in one message', () => {
  const semaphore = new Semaphore(2);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ one: semaphore, two: [semaphore, semaphore.handle] });
  const received = receiveMessageOnPort(port2) as { message: { one: SemaphoreHandle; two: SemaphoreHandle[] } };
  const twins = [received.message.one, ...received.message.two].map((each) => Semaphore.from(each));
  twins[0]?.tryAcquire();
  twins[1]?.tryAcquire();
  expect([semaphore.available, twins[2]?.tryAcquire()]).toEqual([0, undefined]);
  port1.close();
});

test.each<[string, WorkerOptions]>([
  ['workerData', {}],
  ['message', {}],
  ['environment', {}],
  ['workerData', { env: SHARE_ENV }],
  ['workerData', { env: {}, argv: ['other', '--args'], execArgv: ['--no-warnings'] }],
  ['workerData', { stdout: true, stderr: true, trackUnmanagedFds: true }],
])('by %s, to a worker with %o', async (way, options) => {
  const semaphore = new Semaphore(3);
  setEnvironmentData('the semaphore', semaphore as never);
  const sharer = new Sharer(way, way === 'workerData' ? { semaphore } : {}, options);
  if (way === 'message') sharer.worker.postMessage(semaphore);
  expect(await sharer.said()).toEqual({ available: 2 });
  expect(semaphore.available).toBe(2);
  await sharer.end();
  expect(semaphore.available).toBe(3);
});

test('a semaphore outlives the worker that made it, and a third thread attaches it after that', async () => {
  const maker = new Sharer('make');
  const handle = await maker.said<SemaphoreHandle>();
  await maker.worker.terminate();
  const semaphore = Semaphore.from(handle);
  // The maker held one, and waited for two.
  expect([semaphore.available, semaphore.waiting, semaphore.permits, semaphore.name]).toEqual([2, 0, 2, 'made there']);
  const other = new Sharer('workerData', { semaphore: handle });
  expect(await other.said()).toEqual({ available: 1 });
  const all = semaphore.acquire({ permits: 2 });
  await other.end();
  expect((await within('the permits of the third thread', all, semaphore)).count).toBe(2);
});

test('two threads share the semaphore of a third that is gone; this one has only passed it on', async () => {
  const maker = new Sharer('make');
  const handle = await maker.said<SemaphoreHandle>();
  await maker.worker.terminate();
  const sharers = [new Sharer('workerData', { semaphore: handle }), new Sharer('workerData', { semaphore: handle })];
  for (const sharer of sharers) await sharer.said();
  const late = new Sharer('workerData', { semaphore: handle });
  expect(await late.said()).toEqual({ available: 0 });
  for (const sharer of [...sharers, late]) await sharer.end();
  expect(Semaphore.from(handle).available).toBe(2);
});

test('objects attached several times in one thread keep their permits apart and share one queue', async () => {
  const semaphore = new Semaphore(2);
  const twin = Semaphore.from(semaphore);
  const third = Semaphore.from(twin);
  const [a, b] = [semaphore.acquireSync(), twin.acquireSync()];
  const waits = [third.acquire(), semaphore.acquire()];
  expect([semaphore.waiting, twin.waiting, third.waiting]).toEqual([2, 2, 2]);
  a.release();
  await turns(2);
  expect(twin.waiting).toBe(1);
  b.release();
  const permits = await within('the waits', Promise.all(waits), semaphore);
  for (const permit of permits) permit.release();
  expect([semaphore, twin, third].map(({ available }) => available)).toEqual([2, 2, 2]);
});

test('a worker that starts a worker hands on what it was given', async () => {
  const semaphore = new Semaphore(2);
  const parent = new Sharer('nest', { semaphore });
  expect(await parent.said()).toEqual({ available: 1 });
  await parent.end();
  expect(semaphore.available).toBe(2);
});
