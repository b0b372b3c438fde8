import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('an error thrown while a crowd of waits is told of its outcome leaves nobody behind', async () => {
  expect(await output('throwing-tick.mjs')).toBe('1000 settled, some caught\n');
});
