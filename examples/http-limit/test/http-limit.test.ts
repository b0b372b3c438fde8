import { expect, test } from 'vitest';
import { example } from '../../support/example.js';

test('without PostgreSQL it says what it needs', async () => {
  expect(await example('http-limit', { PATH: '/nonexistent', HTTP_LIMIT_POSTGRES: '/nonexistent' })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'http-limit: needs a PostgreSQL server; on Debian: apt-get install postgresql\n',
  });
});
