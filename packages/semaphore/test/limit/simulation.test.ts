/** Both algorithms, at a simulated server of known capacity: against the best fixed limit, and where their model was wrong. */
import { describe, expect, test } from 'vitest';
import { algorithms, bestFixed, CAPACITY, CORES, figures, SPANS, simulate } from '../support/limit-simulation.mjs';

const last = ({ limits }: { limits: readonly { limit: number }[] }) => limits.at(-1)?.limit;

describe.each(Object.entries(algorithms))('%s', (_name, make) => {
  test.each([1.5, 0.6])(
    'at %d times the capacity: nearly the best fixed limit, before the server slows down and after',
    (load) => {
      const seed = 7;
      const rate = load * CAPACITY;
      const adapted = simulate({ seed, rate, limit: 8, algorithm: make() });
      for (const span of SPANS) {
        const best = bestFixed({ seed, rate, span });
        const { throughput, p99 } = figures(adapted, span);
        expect(throughput / best.throughput).toBeGreaterThanOrEqual(0.9);
        expect(p99 / best.p99).toBeLessThanOrEqual(2);
      }
    },
  );

  test('it does not climb while everything times out, but comes down', () => {
    const seed = 7;
    const run = simulate({ seed, rate: 2 * CAPACITY, limit: 50, algorithm: make(), timeout: 1, until: 60_000 });
    expect(Math.max(...run.limits.map(({ limit }) => limit))).toBeLessThanOrEqual(50);
    expect(last(run)).toBe(1);
  });

  test('it does not drift with a baseline that rises with its own queue', () => {
    const seed = 7;
    const run = simulate({ seed, rate: 3 * CAPACITY, limit: 8, algorithm: make(), until: 300_000, demand: () => 20 });
    const late = run.limits.filter(({ time }) => time > 30_000).map(({ limit }) => limit);
    expect(Math.max(...late)).toBeLessThanOrEqual(3 * CORES);
  });

  test('it does not grow while it is not used', () => {
    const seed = 7;
    const run = simulate({ seed, rate: 0.1 * CAPACITY, limit: 30, algorithm: make(), demand: () => 20 });
    expect(Math.max(...run.limits.map(({ limit }) => limit))).toBeLessThanOrEqual(30);
  });
});
