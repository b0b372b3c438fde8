import { init } from 'echarts';
import { describe, expect, it } from 'vitest';
import { cases } from '../dist/cases/index.js';
import { bounds } from '../dist/check/bounds.js';
import { plansFor, verdictsOf } from '../dist/check/check.js';
import { planOf } from '../dist/harness/schedule.js';
import type { Case, CaseResult, Results } from '../dist/harness/types.js';
import { chartsOf } from '../dist/report/charts.js';
import { pageOf } from '../dist/report/page.js';
import { subjects, titleOf } from '../dist/subjects/index.js';

/** As if every subject had been measured, each at a cost of its own; `slower` makes ours so many times as slow. */
function measured(theCase: Case, slower = 1): CaseResult {
  const cost = (subject: string, index: number) => (subject.startsWith('ours') ? slower : 100 + index);
  return {
    case: theCase.id,
    points: theCase.points.map((point) => ({
      point,
      subjects: Object.keys(theCase.subjects).map((subject, index) => ({
        subject,
        runs: [0, 1, 2].map((round) => ({
          round,
          others: 0,
          steal: 0,
          figures: Object.fromEntries(
            Object.entries(theCase.metrics).map(([name, { better }]) => {
              const value = cost(subject, index) * (round + 1);
              return [name, better === 'less' ? value : 1000 / value];
            }),
          ),
        })),
      })),
    })),
  };
}

const resultsOf = (all: CaseResult[]): Results => ({
  date: '2026-11-24T00:00:00.000Z',
  node: 'v20.20.2',
  v8: '11.3',
  machine: { cpu: 'a <fast> one', cores: 2, memoryGiB: 8, kernel: '6.1', os: 'Linux', libc: 'glibc 2.36' },
  quick: false,
  disturbed: { discarded: 0, kept: 0, runs: 9, planned: 9 },
  seconds: 1,
  cases: all,
});

describe('cases', () => {
  it.each(cases.map((each) => [each.id, each] as const))('%s names subjects that are described', (_, theCase) => {
    for (const subject of Object.keys(theCase.subjects)) expect(Object.keys(subjects)).toContain(subject);
  });

  it.each(cases.map((each) => [each.id, each] as const))('%s has charts that draw all its subjects', (_, theCase) => {
    const svgs = chartsOf(measured(theCase)).map(({ option, height }) => {
      const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height });
      chart.setOption(option);
      return chart.renderToSVGString();
    });
    expect(svgs.length).toBeGreaterThan(0);
    for (const subject of Object.keys(theCase.subjects)) expect(svgs[0]).toContain(`>${titleOf(subject)}<`);
  });
});

describe('the page', () => {
  const page = pageOf(resultsOf(cases.map((each) => measured(each))));

  it('needs nothing but itself', () => {
    const markup = page.replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(markup.length).toBeLessThan(page.length);
    expect(markup.match(/<(script|img|iframe)[^>]+src=|<link|@import|url\(/)).toBeNull();
  });

  it('has every case, and shows text as text', () => {
    for (const { id } of cases) expect(page).toContain(`<section id="${id}">`);
    expect(page).toContain('a &lt;fast&gt; one');
    expect(page).not.toContain('a <fast> one');
  });
});

describe('the bounds', () => {
  it('name what is measured', () => {
    const plans = plansFor((each) => planOf(each, [], false));
    for (const bound of bounds) {
      const plan = plans.find((each) => each.case.id === bound.case);
      expect(plan?.points).toContainEqual(bound.point);
      for (const side of [bound.ours, ...bound.theirs]) {
        expect(plan?.subjects).toContain(side.subject);
        expect(Object.keys(plan?.case.metrics ?? {})).toContain(side.metric);
      }
    }
  });

  const ratios = (slower: number) =>
    verdictsOf(resultsOf(cases.map((each) => measured(each, slower)))).filter(({ bound }) =>
      bound.theirs.some(({ subject }) => !subject.startsWith('ours')),
    );

  it('are held by a library that is a hundred times as fast', () => {
    expect(ratios(1).length).toBeGreaterThan(10);
    for (const { bound, held } of ratios(1)) expect([bound.what, held]).toEqual([bound.what, true]);
  });

  it('are missed by one that is a hundred times as slow', () => {
    for (const { bound, held } of ratios(10_000)) expect([bound.what, held]).toEqual([bound.what, false]);
  });

  it('are open where nothing was measured', () => {
    for (const { held } of verdictsOf(resultsOf([]))) expect(held).toBeUndefined();
  });
});
