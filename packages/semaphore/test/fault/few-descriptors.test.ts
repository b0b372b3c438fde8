import { expect, test } from 'vitest';
import { output } from '../support/child.js';

interface Seen {
  readonly waiting: number;
  readonly words: string[];
  readonly each?: number;
  readonly available: number;
  readonly left: number;
}

test('of 20 workers that wait, with 64 descriptors: those that found some are served, the others say why not', async () => {
  const { waiting, words, ...rest }: Seen = JSON.parse(await output('many-waiting-workers.mjs', [], [], '-n 64'));
  const served = words.filter((word) => word === 'served');
  expect(served.length).toBe(waiting);
  expect(served.length).toBeLessThan(20);
  for (const word of words) expect(['served', 'EMFILE', 'ERR_WORKER_INIT_FAILED']).toContain(word);
  expect(rest).toEqual({ available: 1, left: 0 });
});

test('with 256 descriptors all are served', async () => {
  const { waiting, words, each, ...rest }: Seen = JSON.parse(
    await output('many-waiting-workers.mjs', [], [], '-n 256'),
  );
  expect([waiting, new Set(words)]).toEqual([20, new Set(['served'])]);
  expect(rest).toEqual({ available: 1, left: 0 });
  console.log(`descriptors for each worker that waits, Node's own among them: ${each}`);
  expect(each).toBeLessThan(10);
});
