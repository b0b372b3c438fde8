import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

const line = (what: string) =>
  new RegExp(`^${what} +(\\d+) readers, (\\d+) reads, (\\d+) editions, (\\d+) lists seen half old`, 'm');

test('under the lock readers share, and see no list half written', async () => {
  const ended = await example('read-mostly-cache');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [readers, reads, editions, torn] = numbers(ended, line('with the RwLock'));
  expect([readers, reads, torn]).toEqual([6, 18_000, 0]);
  expect(editions).toBeGreaterThan(0);
  expect(numbers(ended, line('without a lock')).slice(0, 2)).toEqual([6, 18_000]);
  expect(ended.stdout).toContain('all 6 readers were inside at once');
});
