import { Worker } from 'node:worker_threads';
import * as eventfd from 'eventfd';
import { expect, test } from 'vitest';

test('a worker started from a plain .mjs fixture imports the package by name, as tests do', async () => {
  const worker = new Worker(new URL('../fixtures/load.mjs', import.meta.url));
  const names = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  expect(names).toEqual(Object.keys(eventfd));
});

test('`using` in a test disposes, whichever Node runs it', () => {
  const seen: string[] = [];
  {
    using _resource = { [Symbol.dispose]: () => seen.push('disposed') };
    seen.push('body');
  }
  expect(seen).toEqual(['body', 'disposed']);
});
