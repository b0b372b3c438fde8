import { Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { expect, test } from 'vitest';
import { poolOf } from './pool.js';

test.each([
  ['timeout', { name: 'TimeoutError', code: 'ERR_TIMEOUT', message: expect.stringMatching(/within 1 ms/) }],
  ['deadlock', { name: 'DeadlockError', code: 'ERR_DEADLOCK' }],
  ['argument', { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }],
  ['nodes', { name: 'Error', code: 'ENOENT', message: expect.stringMatching(/no such file/) }],
  ['own', { name: 'RangeError', code: 'E_OWN', message: 'of\ntwo lines' }],
  ['no code', { name: 'RangeError', message: '[E_NONE]: is no code' }],
  ['a number', { name: 'Error', message: 'numbered' }],
  ['no error', { code: 'E_PLAIN' }],
])('the code of what a guarded, limited task throws survives: %s', async (how, what) => {
  using semaphore = new Semaphore(1);
  const error = await limit(poolOf(1), semaphore)
    .run(how, { name: 'guardedThrows' })
    .catch((thrown) => thrown);
  expect(error).toMatchObject(what);
  expect(error.code).toBe((what as { code?: string }).code);
  if (how !== 'no error') {
    expect(error).toBeInstanceOf(Error);
    expect(error.stack).toMatch(/\n {4}at /);
  }
});

test('an error that cannot be changed arrives, with its code where Node lets its stack be changed all the same', async () => {
  using semaphore = new Semaphore(1);
  const error = await limit(poolOf(1), semaphore)
    .run('frozen', { name: 'guardedThrows' })
    .catch((thrown) => thrown);
  expect(error.message).toBe('frozen');
  expect([undefined, 'E_FROZEN']).toContain(error.code);
});
