import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('node --jitless, where there is no WebAssembly, runs the same on the twin in C++', async () => {
  const printed = JSON.parse(await output('jitless.mjs', [], ['--jitless']));
  expect(printed).toEqual({ plain: true, grown: true, many: true, threads: 3, count: 1 });
});
