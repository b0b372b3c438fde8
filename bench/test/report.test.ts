import { init } from 'echarts';
import { describe, expect, it } from 'vitest';
import { caseOf, cases } from '../dist/cases/index.js';
import { bounds } from '../dist/check/bounds.js';
import { verdictsOf } from '../dist/check/judge.js';
import { roundsFor } from '../dist/check/rounds.js';
import { showPoint as show } from '../dist/harness/table.js';
import { chartsOf, colorsOf } from '../dist/report/charts.js';
import { openingOf } from '../dist/report/opening.js';
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

describe('an axis', () => {
  it('says so when it is logarithmic, and only then', () => {
    const charts = [1, 3000].flatMap((slower) => everything(slower).cases.flatMap(chartsOf));
    const axes = charts.flatMap(({ option: { xAxis, yAxis } }) => [xAxis, yAxis]) as { type: string; name?: string }[];
    expect(new Set(axes.map(({ type }) => type))).toEqual(new Set(['category', 'value', 'log']));
    for (const { type, name = '' } of axes) expect(name.includes('logarithmic'), name).toBe(type === 'log');
  });
});

describe('the opening', () => {
  const opening = (slower: number) => openingOf(everything(slower));

  it('is the first on the page, and our own goals are the last', () => {
    const page = pageOf(everything());
    const places = ['id="atomics"', `id="${cases[0]?.id}"`, `id="${cases.at(-1)?.id}"`, 'id="bounds"'].map((id) =>
      page.indexOf(`<section ${id}>`),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('answers in three sentences: alone, together, and after a death', () => {
    const { sentences } = opening(1);
    expect(sentences).toHaveLength(3);
    expect(sentences[0]).toMatch(/^Without contention: .* times as fast as Atomics.wait,/);
    expect(sentences[1]).toMatch(/^Where workers contend it is faster in 36 of 36 settings .* and slower in none,/);
    expect(sentences[2]).toMatch(/^When a worker dies with the lock in its hands, the next in line is served/);
  });

  it('says where it is slower, and by how much', () => {
    const [alone, together] = opening(10_000).sentences;
    expect(alone).toMatch(/ times as slow as Atomics.wait,/);
    expect(together).toMatch(/faster in 0 of 36 settings and slower in 36 \(most: .*, \d+ times as slow\),/);
  });

  it('says who is never served', () => {
    const { cases: all } = everything();
    const served = (subject: string, share: number) => ({
      subject,
      runs: [{ round: 0, others: 0, steal: 0, figures: { served: share, p99: 1.5 } }],
    });
    const dead = { case: 'death', points: [{ point: {}, subjects: [served('ours', 100), served('wait-async', 0)] }] };
    const others = all.filter((each) => each.case !== 'death');
    const { sentences, picture } = openingOf({ cases: [...others, dead] });
    expect(sentences[2]).toBe(
      'When a worker dies with the lock in its hands, the next in line is served each time, 1.50 ms later at p99; with Atomics never: the lock is gone for good.',
    );
    expect(JSON.stringify(picture?.option)).toContain('eventfd 100 %, Atomics 0 %');
  });

  it('speaks of what was measured, and is not there when nothing was', () => {
    const { cases: all } = everything();
    const some = openingOf({ cases: all.filter((each) => each.case === 'contended') });
    expect(some.sentences).toHaveLength(1);
    expect(some.sentences[0]).toContain('of 12 settings');
    expect(openingOf({ cases: [] })).toEqual({ sentences: [], picture: undefined });
    expect(pageOf(resultsOf(all.filter((each) => each.case === 'storm')))).not.toContain('id="atomics"');
  });

  it('draws a row for each setting, with how much in words', () => {
    const { picture } = opening(1);
    const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height: picture?.height ?? 0 });
    chart.setOption(picture?.option ?? {});
    const svg = chart.renderToSVGString();
    expect(svg).toContain('>mutex, 10 us, 8 workers<');
    expect(svg).toContain('logarithmic');
    expect(svg).toMatch(/>\d+ times as fast</);
  });
});

describe('the goals on the page', () => {
  it('do not read as failures', () => {
    const page = pageOf(everything(10_000)).replace(/<script[\s\S]*?<\/script>/g, '');
    const goals = page.slice(page.indexOf('<section id="bounds">'));
    expect(goals).toContain('not yet');
    expect(goals).not.toMatch(/not held|fail|missed|bound[^s]/i);
  });

  it('tell in words how ours compares', () => {
    expect(pageOf(everything())).toMatch(/<td>\d+ times as fast<\/td><td>&gt;= 1x<\/td><td class="held">reached<\/td>/);
  });
});

describe('a run that was stopped', () => {
  it('says so on its page', () => {
    const page = pageOf({ ...everything(), whole: false });
    expect(page).toContain('This run was stopped');
    expect(pageOf(everything())).not.toContain('This run was stopped');
  });
});

describe('the bounds', () => {
  it('name what is measured', () => {
    const { cases: measured } = roundsFor(bounds);
    for (const bound of bounds) {
      for (const { subject, metric, point = bound.point } of [bound.ours, ...bound.theirs]) {
        const there = measured
          .find((each) => each.case === bound.case)
          ?.points.find((each) => show(each.point) === show(point));
        expect(
          there?.subjects.map((each) => each.subject),
          bound.what,
        ).toContain(subject);
        expect(Object.keys(caseOf(bound.case)?.metrics ?? {}), bound.what).toContain(metric);
        // Asked for where it does not run by itself, it would be one more row in the others' time.
        expect(caseOf(bound.case)?.subjects[subject]?.at?.(point) ?? true, bound.what).toBe(true);
      }
    }
  });

  it('are told apart by what they say', () => {
    const said = bounds.map(({ what, theirs }) => `${what} ${theirs.map(({ subject }) => subject)}`);
    expect(new Set(said).size).toBe(bounds.length);
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
