/** When a comparison has been made often enough, and what it says then. */
import { describe, expect, it } from 'vitest';
import { distance, settled } from '../dist/check/settle.js';

const half = { atMost: 0.5 };
const level = { atLeast: 1 };

describe('a comparison', () => {
  it('is settled by two rounds that are far from the limit', () => {
    expect(settled([0.05, 0.06], half)).toBe(true);
    expect(settled([5, 6], half)).toBe(false);
    expect(settled([3, 3.1], level)).toBe(true);
    expect(settled([0.3, 0.31], level)).toBe(false);
  });

  it('is never settled by one', () => {
    expect(settled([], level)).toBeUndefined();
    expect(settled([1000], level)).toBeUndefined();
  });

  it('takes more rounds the closer it is', () => {
    const rounds = (ratio: number) => {
      for (let n = 2; n < 100; n++) {
        const values = Array.from({ length: n }, (_, i) => ratio * (i % 2 === 0 ? 1.04 : 0.96));
        if (settled(values, level) === true) return n;
      }
      return 100;
    };
    expect(rounds(10)).toBe(2);
    expect(rounds(1.1)).toBeGreaterThan(2);
    expect(rounds(1.02)).toBeGreaterThan(rounds(1.1));
    expect(rounds(1)).toBe(100);
  });

  it('takes more rounds the more they differ', () => {
    expect(settled([1.2, 1.21, 1.2], level)).toBe(true);
    expect(settled([1.2, 0.9, 1.6], level)).toBeUndefined();
  });

  it('does not trust rounds that happen to agree more than the machine allows', () => {
    expect(settled([1.01, 1.01], level)).toBeUndefined();
  });

  it('is settled at the limit where rounds differ by less than half of the last digit', () => {
    expect(settled([1, 1, 1, 1], level)).toBeUndefined();
    expect(settled([1, 0.999, 1, 1], level, 0.002)).toBe(true);
    expect(settled([0.98, 0.98, 0.98, 0.98], level, 0.002)).toBe(false);
  });

  it('passes over what was not measured', () => {
    expect(settled([Number.NaN, 3, 3.1, Number.POSITIVE_INFINITY], level)).toBe(true);
  });
});

describe('a ratio', () => {
  it('is judged by the digits that are shown', () => {
    expect(distance(level, 0.996)).toBe(0);
    expect(distance(level, 0.99)).toBeLessThan(0);
    expect(distance(half, 0.504)).toBe(0);
    expect(distance(half, 0.51)).toBeLessThan(0);
    expect(distance({ atMost: 5 }, 0.1)).toBeGreaterThan(0);
  });
});
