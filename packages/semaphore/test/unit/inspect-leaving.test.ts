import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('inspect() while another thread lets go of the last reference to an arena', async () => {
  expect(await output('inspect-leaving.mjs', ['8', '100000'], ['--expose-gc'])).toBe(
    '8 looks while an arena was given up\n',
  );
}, 60_000);
