// Wakers: eventfd, pipe.
import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('workers without a descriptor left attach, take and die as ever; waits are refused, and nothing is lost', async () => {
  const seen = JSON.parse(await output('emfile-workers.mjs', [], [], '-n 64'));
  expect(seen).toEqual({
    holds: 1,
    twice: 2,
    waits: 'EMFILE',
    blocks: 'EMFILE',
    mainWaits: 'EMFILE',
    waiting: 0,
    givenBack: 2,
    otherHolds: 1,
    // Node's: it has no descriptor for the worker's loop, or for the file.
    lateWorker: expect.stringMatching(/^(ERR_WORKER_INIT_FAILED|EMFILE)$/),
    freshHolds: 1,
    available: 2,
  });
});
