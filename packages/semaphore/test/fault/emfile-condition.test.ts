// Wakers: eventfd, pipe.
import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a wait for a Condition that finds no descriptor fails before it unlocks', async () => {
  const seen = JSON.parse(await output('emfile-condition.mjs', [], [], '-n 64'));
  const kept = { code: 'EMFILE', locked: true, ready: 1 };
  expect(seen.ended).toEqual({ wait: kept, waitSync: kept, waitFor: kept, waitForSync: kept });
  // With descriptors, the same wait unlocks, and locks again.
  expect([seen.word, seen.locked]).toEqual(['has it', true]);
});
