import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a realm that nobody uses is collected with what it attached, one that waits stays, and what others use stays', async () => {
  expect(JSON.parse(await output('copies-collected.mjs', [], ['--expose-gc']))).toEqual({
    realms: 0,
    copies: 0,
    descriptors: 0,
    stays: true,
    told: 1,
    goes: true,
    kept: 1,
    inspected: true,
    worker: 0,
  });
});
