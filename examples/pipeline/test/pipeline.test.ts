import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('a bounded buffer slows the producer down, and every number comes through once', async () => {
  const ended = await example('pipeline');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [expected] = numbers(ended, /^expected: sum (\d+)$/m);
  const line = (room: number) =>
    new RegExp(
      `^room for ${room}: +(\\d+) of 5000 numbers came through, sum (\\d+), at most (\\d+) and (\\d+) in`,
      'm',
    );
  expect(numbers(ended, line(5000)).slice(0, 2)).toEqual([5000, expected]);
  const [count, sum, ...highest] = numbers(ended, line(8));
  expect([count, sum]).toEqual([5000, expected]);
  for (const most of highest) expect(most).toBeLessThanOrEqual(8);
});
