import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a run that will be out of time keeps its loop alive until then, and through its grace', async () => {
  expect(await output('run-times-out.mjs')).toBe('ERR_RUN_TIMEOUT\nERR_RUN_TIMEOUT\n');
});
