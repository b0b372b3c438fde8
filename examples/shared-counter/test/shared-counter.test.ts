import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

const line = (what: string) => new RegExp(`^${what} +(\\d+) of (\\d+) deposits, balance (\\d+) of (\\d+)`, 'm');

test('under the mutex no deposit is lost', async () => {
  const ended = await example('shared-counter');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(numbers(ended, line('with the Mutex'))).toEqual([160_000, 160_000, 1_600_000, 1_600_000]);
  const [deposits, expected] = numbers(ended, line('without a lock')) as [number, number];
  expect(deposits).toBeLessThanOrEqual(expected);
});
