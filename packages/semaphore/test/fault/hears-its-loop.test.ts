// A blocked thread looks at its loop for a termination, also once the loop has something else to do, which it cannot.
// Wakers: eventfd, pipe.
import { readdirSync, readlinkSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { output } from '../support/child.js';
import { until } from '../support/deadline.js';

const ROUNDS = 5;

/** How many epolls the process has open. */
function epolls(): number {
  const target = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // the directory that was just read
    }
  };
  return readdirSync('/proc/self/fd').filter((fd) => target(fd) === 'anon_inode:[eventpoll]').length;
}

test.each([
  ['acquireSync', 100],
  ['readSync', 1000],
  ['writeSync', 1000],
  ['select', 1000],
  ['eventfdRead', 1000],
  ['eventfdWrite', 1000],
])('with messages pending, terminate() of a thread in %s does not wait for a slice of %i ms', async (way, slice) => {
  using semaphore = new Semaphore(0);
  const before = epolls();
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const slices = new Int32Array(new SharedArrayBuffer(4));
    const url = new URL('../fixtures/blocked-with-messages.mjs', import.meta.url);
    const worker = new Worker(url, { workerData: { way, semaphore, slices } });
    await until('the first slice', () => Atomics.load(slices, 0) > 0);
    const begun = Atomics.load(slices, 0);
    worker.postMessage('one');
    worker.postMessage('two');
    await until('the slice after the messages', () => Atomics.load(slices, 0) > begun);
    const start = performance.now();
    await worker.terminate();
    took.push(performance.now() - start);
  }
  // It has just begun. The machine may be busy with something else, but hardly each time.
  expect(Math.min(...took)).toBeLessThan(slice / 2);
  expect(epolls()).toBe(before);
});

test('without a descriptor for that it sleeps all the same, and is granted what it waits for', async () => {
  const seen = JSON.parse(await output('blocked-without-descriptors.mjs'));
  expect(seen).toEqual({ slept: true, code: 0, waiting: 0 });
});
