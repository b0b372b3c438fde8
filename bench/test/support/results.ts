/** Results that nobody measured: the same ones every time. */
import { cases } from '../../dist/cases/index.js';
import type { Case, CaseResult, Results, SubjectResult } from '../../dist/harness/types.js';

/**
 * As if every subject had been measured, each at a cost of its own, which grows from point to point; `slower` makes ours so
 * many times as slow.
 */
export function measured(theCase: Case, slower = 1): CaseResult {
  const cost = (subject: string, index: number) =>
    subject.startsWith('ours') ? slower * (1 + index / 10) : 100 * (1 + index / 10);
  const resultOf = (subject: string, index: number, step: number): SubjectResult => {
    const way = theCase.subjects[subject]?.way;
    if (way !== undefined && 'cannot' in way) return { subject, runs: [], missing: way.cannot };
    const figuresOf = (round: number) =>
      Object.entries(theCase.metrics).map(([name, { better }]) => {
        const value = cost(subject, index) * (round + 1) * (step + 1);
        return [name, better === 'less' ? value : 1000 / value];
      });
    return {
      subject,
      runs: [0, 1, 2].map((round) => ({
        round,
        others: 0,
        steal: 0,
        figures: Object.fromEntries(figuresOf(round)),
      })),
    };
  };
  return {
    case: theCase.id,
    points: theCase.points.map((point, step) => ({
      point,
      subjects: Object.keys(theCase.subjects).map((subject, index) => resultOf(subject, index, step)),
    })),
  };
}

export const resultsOf = (all: CaseResult[]): Results => ({
  date: '2026-11-24T00:00:00.000Z',
  node: 'v20.20.2',
  v8: '11.3',
  machine: { cpu: 'a <fast> one', cores: 2, memoryGiB: 8, kernel: '6.1', os: 'Linux', libc: 'glibc 2.36' },
  quick: false,
  whole: true,
  disturbed: { discarded: 0, kept: 0, runs: 9, planned: 9 },
  seconds: 1,
  cases: all,
});

export const everything = (slower = 1): Results => resultsOf(cases.map((each) => measured(each, slower)));

/** Those that a chart draws. */
export function drawnIn(theCase: Case): string[] {
  return Object.entries(theCase.subjects).flatMap(([subject, { way }]) => ('cannot' in way ? [] : [subject]));
}
