import { describe, expect, it } from 'vitest';
import type { Metric } from '../dist/harness/types.js';
import { inWords, than } from '../dist/harness/words.js';

const metric = (unit: Metric['unit'], better: Metric['better']): Metric => ({ unit, better, title: '' });
const time = metric('ns', 'less');
const rate = metric('ops/s', 'more');

describe('a ratio in words', () => {
  it.each([
    [0.85, rate, '15 % slower'],
    [1.15, rate, '15 % faster'],
    [1.001, rate, 'as fast'],
    [2.31, rate, '2.3 times as fast'],
    [0.02, rate, '50 times as slow'],
    [0.5, time, '2.0 times as fast'],
    [1.25, time, '20 % slower'],
    [0.8, time, '25 % faster'],
    [4, time, '4.0 times as slow'],
    [0.25, metric('bytes', 'less'), '4.0 times as small'],
    [1.5, metric('bytes', 'less'), '50 % larger'],
    [1, metric('bytes', 'less'), 'as large'],
    [0.9, metric('count', 'more'), '10 % less'],
    [3, metric('%', 'less'), '3.0 times as much'],
    [0.87, { ...time, cost: true }, '13 % less'],
    [2.1, { ...time, cost: true }, '2.1 times as much'],
    [0.4, { ...time, cost: true }, '40 % as much'],
    [0.001, metric('count', 'less'), '1 % as much'],
  ] as const)('%d of %o is %s', (ratio, of, words) => {
    expect(inWords(ratio, of)).toBe(words);
  });

  it('is followed by whom it is compared with', () => {
    expect(than('15 % slower', 'C')).toBe('15 % slower than C');
    expect(than('2.3 times as fast', 'C')).toBe('2.3 times as fast as C');
    expect(than('as fast', 'C')).toBe('as fast as C');
  });

  it('is nothing where there is none', () => {
    expect(inWords(Number.NaN, time)).toBe('');
    expect(inWords(Number.POSITIVE_INFINITY, rate)).toBe('');
    expect(inWords(0, rate)).toBe('');
  });
});
