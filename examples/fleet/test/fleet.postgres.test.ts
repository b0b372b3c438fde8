import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('PostgreSQL refuses connections without the limit; with it none, though a machine is killed half way', async () => {
  const ended = await example('fleet');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [served, refused] = numbers(ended, /^without a limit +(\d+) served, (\d+) refused/m) as [number, number];
  expect(refused).toBeGreaterThan(0);
  expect(served + refused).toBe(120);
  const line = /^with the limit +(\d+) served, (\d+) refused; at most (\d+) connected$/m;
  const [most, none, highest] = numbers(ended, line) as [number, number, number];
  expect(none).toBe(0);
  // All of one machine, and the half of the other.
  expect(most).toBeGreaterThanOrEqual(60);
  expect(most).toBeLessThan(120);
  expect(highest).toBeLessThanOrEqual(5);
});
