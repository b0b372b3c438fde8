import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('a lock for each user loses no credit, though its holders are killed', async () => {
  const ended = await example('keyed-locks');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const line = 'requests, (\\d+) credits; (\\d+) workers killed half way, (\\d+) accounts repaired';
  const [without, , none] = numbers(ended, new RegExp(`Without a lock: 120 ${line}`));
  expect(without).toBeLessThan(120);
  expect(none).toBe(0);
  const [credits, killed, repaired] = numbers(ended, new RegExp(`A lock for each user: 120 ${line}`));
  expect([credits, killed]).toEqual([120, 3]);
  expect(repaired).toBeGreaterThanOrEqual(3);
});
