import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';

const DEPTH = 4;

/** Workers of workers, each of which holds a permit and waits for more. */
async function startNested() {
  const semaphore = new Semaphore(DEPTH);
  const top = new Worker(new URL('../fixtures/nested.mjs', import.meta.url), {
    workerData: { semaphore, depth: DEPTH },
  });
  expect(await within('the deepest worker', once(top, 'message'), semaphore)).toEqual(['deepest']);
  await until('all of them to wait', () => semaphore.waiting === DEPTH, semaphore);
  expect(semaphore.available).toBe(0);
  return { semaphore, top };
}

test.each([
  ['is terminated', (top: Worker) => top.terminate()],
  ['calls process.exit()', (top: Worker) => top.postMessage('exit')],
])('the top of a line of workers %s: all of them end, and what all held comes back', async (_, end) => {
  const { semaphore, top } = await startNested();
  const all = semaphore.acquire({ permits: DEPTH });
  const gone = once(top, 'exit');
  end(top);
  const permit = await within('all permits', all, semaphore);
  await within('the end of the top', gone);
  expect(semaphore.waiting).toBe(0);
  permit.release();
  expect(semaphore.available).toBe(DEPTH);
});

test('the deepest worker ends alone: what it held goes to those above, and they live', async () => {
  const { semaphore, top } = await startNested();
  const one = semaphore.acquire(); // behind those that want two each
  top.postMessage('end of the deepest');
  await within('word of its end', once(top, 'message'));
  expect(semaphore.waiting).toBe(DEPTH);
  const gone = once(top, 'exit');
  await top.terminate();
  await within('the end of the top', gone);
  (await within('the last wait', one, semaphore)).release();
  expect([semaphore.available, semaphore.waiting]).toEqual([DEPTH, 0]);
});
