import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('Web Locks that are evaluated twice over one eventfd are told of their own requests', async () => {
  expect(JSON.parse(await output('web-locks-twice.mjs'))).toEqual([
    false,
    ['granted to 0', 'AbortError of 0', 'granted to 1', 'AbortError of 1'],
    { held: [], pending: [] },
  ]);
});
