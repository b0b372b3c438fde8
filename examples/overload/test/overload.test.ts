import { expect, test } from 'vitest';
import { example, numbers } from '../../support/example.js';

test('at half the capacity nothing is refused; at twice, what is served is served in time', async () => {
  const ended = await example('overload', { SECONDS: '2' });
  const { code, stdout, stderr } = ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const row = (what: string) => {
    const [sent, inTime, late, refused] = numbers(
      ended,
      new RegExp(`${what} +(\\d+) +(\\d+) +(\\d+) +(\\d+) +\\d+ ms`),
    );
    return { sent, inTime, late, refused };
  };
  const half = row('half of that: limit, maxWaiting, adapt');
  const [alone, limit, adapted] = ['the pool alone', 'limit', ' {14}limit, maxWaiting, adapt'].map(row);
  for (const { sent, inTime, late, refused } of [half, alone, limit, adapted] as Record<string, number>[]) {
    expect((inTime ?? 0) + (late ?? 0) + (refused ?? 0)).toBe(sent);
  }
  expect([half.sent, alone?.sent, limit?.sent, adapted?.sent]).toEqual([40, 160, 160, 160]);
  expect([half.refused, alone?.refused, limit?.refused]).toEqual([0, 0, 0]);
  expect(adapted?.refused).toBeGreaterThan(0);
  expect(adapted?.inTime).toBeGreaterThan(alone?.inTime ?? Number.POSITIVE_INFINITY);
  expect(stdout).toMatch(/p99 of the served at twice the capacity: [\d.]+ times that at half/);
});
