import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('PostgreSQL refuses connections without the limit, and none with it', async () => {
  const ended = await example('http-limit');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [served, refused] = numbers(
    ended,
    /^without a limit +(\d+) of 60 requests served, (\d+) refused \(sorry, too many clients already\)/m,
  ) as [number, number];
  expect(refused).toBeGreaterThan(0);
  expect(served + refused).toBe(60);
  const line = /^with the limit +(\d+) of 60 requests served, (\d+) refused; at most (\d+) connected$/m;
  const [all, none, highest] = numbers(ended, line);
  expect([all, none]).toEqual([60, 0]);
  expect(highest).toBeLessThanOrEqual(4);
});
