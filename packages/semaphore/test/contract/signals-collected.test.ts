import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a signal made by AbortSignal.any or AbortSignal.timeout is collected once no wait uses it', async () => {
  const kept = JSON.parse(await output('signals-collected.mjs', [], ['--expose-gc'])) as Record<string, number>;
  expect(Object.keys(kept).length).toBe(28);
  // What the last call's registers and caches still refer to.
  for (const [wait, count] of Object.entries(kept)) expect([wait, count <= 2]).toEqual([wait, true]);
});
