import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('300,000 waits at once leave no list behind in JavaScript that is as long', async () => {
  // A word for each would be 2.4 MB.
  expect(Number(await output('burst-memory.mjs', [], ['--expose-gc']))).toBeLessThan(1);
});
