import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('every way wakes as the example says', async () => {
  const ended = await example('wake-worker');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).not.toContain('woken\n');
  expect(numbers(ended, /^Atomics\.waitAsync .* ended with code (\d+), and nobody had woken it/m)).toEqual([0]);
  expect(numbers(ended, /^MessagePort .* (\d+) messages took (\d+) calls$/m)).toEqual([100_000, 100_000]);
  const [posts, turns] = numbers(ended, /^Signal .* (\d+) posts took (\d+) turns of the loop$/m);
  expect(posts).toBe(100_000);
  expect(turns).toBeLessThan(100_000);
});
