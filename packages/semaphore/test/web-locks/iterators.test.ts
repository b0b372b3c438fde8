import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a request is told of its lock, whatever others have made of the iteration of typed arrays', async () => {
  expect(JSON.parse(await output('web-locks-iterators.mjs'))).toBe('granted');
});
