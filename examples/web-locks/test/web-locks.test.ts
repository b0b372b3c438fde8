import { expect, test } from 'vitest';
import { example } from '../../support/example.js';

test('one logs in for all, and when the leader is killed the next one leads', async () => {
  const ended = await example('web-locks');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout.trim().split('\n')).toEqual([
    'workers with the same token: 6 of 6',
    'logins: 1',
    'query(): 1 holds leader, 5 wait',
    'leaders, one after the other: 6',
    'left when all are gone: 0',
  ]);
});
