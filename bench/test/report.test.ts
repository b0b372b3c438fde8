import { init } from 'echarts';
import { describe, expect, it } from 'vitest';
import { cases } from '../dist/cases/index.js';
import { bounds } from '../dist/check/bounds.js';
import { plansFor, verdictsOf } from '../dist/check/check.js';
import { planOf } from '../dist/harness/schedule.js';
import { chartsOf, colorsOf } from '../dist/report/charts.js';
import { pageOf } from '../dist/report/page.js';
import { subjects, titleOf } from '../dist/subjects/index.js';
import { drawnIn, everything, measured, resultsOf } from './support/results.js';

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
    for (const subject of drawnIn(theCase)) expect(svgs[0]).toContain(`>${titleOf(subject)}<`);
  });

  it.each(cases.map((each) => [each.id, each] as const))(
    '%s has a colour of its own for each subject',
    (_, theCase) => {
      const drawn = drawnIn(theCase);
      expect(new Set(Object.values(colorsOf(drawn))).size).toBe(drawn.length);
    },
  );
});

describe('the page', () => {
  const page = pageOf(everything());

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
    const plans = plansFor((each) => planOf(each, [], { quick: false, check: true }));
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
    verdictsOf(everything(slower)).filter(({ bound }) =>
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
