import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('a closed semaphore lets jobs finish that terminate() cuts off', async () => {
  const ended = await example('graceful-shutdown');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const line = (what: string) =>
    new RegExp(`^${what} *: (\\d+) jobs finished, (\\d+) cut off half way, (\\d+) workers`, 'm');
  const [, cut, told] = numbers(ended, line('terminate\\(\\)'));
  // Who is killed inside hands its permit on, to one that may begin a job before it is killed, too.
  expect(cut).toBeGreaterThanOrEqual(1);
  expect(cut).toBeLessThanOrEqual(6);
  expect(told).toBe(0);
  const [finished, ...rest] = numbers(ended, line('close\\(\\), a Latch'));
  expect(finished).toBeGreaterThanOrEqual(10);
  expect(rest).toEqual([0, 6]);
});
