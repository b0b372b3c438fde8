import { describe, expect, it } from 'vitest';
import { summary } from '../dist/cases/fairness.js';
import { isDisturbed, parseStat } from '../dist/harness/disturbance.js';
import { ratioOf, summarize } from '../dist/harness/stats.js';
import type { PointResult, Run } from '../dist/harness/types.js';

const run = (round: number, time: number): Run => ({ round, figures: { time }, others: 0, steal: 0 });
const result = (subjects: Record<string, Run[]>): PointResult => ({
  point: {},
  subjects: Object.entries(subjects).map(([subject, runs]) => ({ subject, runs })),
});

describe('summaries', () => {
  it('give the median and where half of the values lie', () => {
    expect(summarize([9, 1, 3, 2, 100])).toEqual({ median: 3, low: 2, high: 9, runs: 5 });
  });

  it('pass over what was not measured', () => {
    expect(summarize([Number.NaN, 4])?.median).toBe(4);
    expect(summarize([])).toBeUndefined();
  });
});

describe('ratios', () => {
  it('compare a round with itself', () => {
    // The machine was three times as slow in the second round: the medians' quotient would be 2 / 6.
    const rounds = result({ ours: [run(0, 2), run(1, 6), run(2, 2)], theirs: [run(0, 4), run(1, 12), run(2, 6)] });
    expect(ratioOf(rounds, 'time', 'ours', 'theirs')?.median).toBe(0.5);
  });

  it('leave out rounds that only one of the two has', () => {
    expect(ratioOf(result({ ours: [run(0, 2), run(1, 9)], theirs: [run(0, 4)] }), 'time', 'ours', 'theirs')?.runs).toBe(
      1,
    );
  });

  it('are not there when one of the two was not measured', () => {
    expect(ratioOf(result({ ours: [run(0, 2)] }), 'time', 'ours', 'theirs')).toBeUndefined();
  });
});

describe('fairness', () => {
  const turns = (...waits: number[]) => ({ turns: waits.length, waits: Float64Array.from(waits) });

  it('is 1 by both figures where all had the same', () => {
    expect(summary([turns(1, 2), turns(3, 4)])).toMatchObject({ least: 1, jain: 1, most: 4 });
  });

  it('knows the wait of one that was not served before the others stopped', () => {
    const starved = { turns: 0, waits: Float64Array.of(400) };
    expect(summary([turns(0, 0, 0), starved])).toMatchObject({ least: 0, jain: 0.5, most: 400 });
  });

  it('is not to be had where nobody was served', () => {
    expect(() => summary([turns(), turns()])).toThrow('nobody got the lock');
  });
});

describe('disturbance', () => {
  it('is read from the line for the whole machine', () => {
    const stat = 'cpu  100 10 50 900 5 3 2 40 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n';
    expect(parseStat(stat)).toEqual({ busy: 1.65, steal: 0.4 });
  });

  it('is work of others, or stolen time', () => {
    expect(isDisturbed({ others: 0.05, steal: 0 })).toBe(false);
    expect(isDisturbed({ others: 0.5, steal: 0 })).toBe(true);
    expect(isDisturbed({ others: 0, steal: 0.05 })).toBe(true);
  });
});
