import { expect, test } from 'vitest';
import { example } from '../../support/example.js';

test('without PostgreSQL it says what it needs', async () => {
  expect(await example('fleet', { PATH: '/nonexistent', HTTP_LIMIT_POSTGRES: '/nonexistent' })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'fleet: needs a PostgreSQL server; on Debian: apt-get install postgresql\n',
  });
});
