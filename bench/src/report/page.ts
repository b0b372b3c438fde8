/** One self-contained HTML page: the results, their charts, and the library that draws them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { caseOf } from '../cases/index.js';
import { showLimit, wordsOf } from '../check/check.js';
import { verdictsOf } from '../check/judge.js';
import { ratioOf, summaryOf } from '../harness/stats.js';
import { show, showPoint } from '../harness/table.js';
import type { CaseResult, Metric, PointResult, Results } from '../harness/types.js';
import { inWords } from '../harness/words.js';
import { subjects, titleOf } from '../subjects/index.js';
import { type Chart, chartsOf, NARROW } from './charts.js';
import { openingOf } from './opening.js';

const library = createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js');

function html(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);
}

const STYLE = `
:root { color-scheme: light dark; --page: #fff; --ink: #1d2521; --soft: #5d6963; --line: #dde3df; --ours: #eef7f2;
  --held: #0b6e4f; --warning: #fdf3dc; }
@media (prefers-color-scheme: dark) { :root { --page: #161a18; --ink: #e4eae6; --soft: #a3afa8; --line: #36403a; --ours: #1b2c24;
  --held: #5cc79b; --warning: #3d3116; } }
body { background: var(--page); font: 15px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 1060px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: 0.2rem; } h2 { font-size: 1.25rem; margin: 2.6rem 0 0.2rem; } h3 { font-size: 1rem; margin: 1.2rem 0 0; }
p { margin: 0.3rem 0 0.8rem; color: var(--soft); max-width: 75ch; }
nav { columns: 2 20rem; margin: 1rem 0; } nav a { display: block; color: inherit; }
.chart { width: 100%; height: var(--height); }
@media (max-width: ${NARROW}px) { .chart { height: var(--narrow-height); } }
.warning { background: var(--warning); border-left: 4px solid #d9a62e; color: var(--ink); padding: 0.5rem 0.8rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.6rem 0 1.2rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.22rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; color: var(--soft); }
tr.ours td { background: var(--ours); } td.missing { text-align: left; color: var(--soft); white-space: normal; }
td.held { color: var(--held); } td.open { color: var(--soft); }
#atomics p.answer { color: var(--ink); font-size: 1.05rem; }`;

// Everything a chart needs is data; this is all the code of the page's own.
const SCRIPT = `
const dark = matchMedia('(prefers-color-scheme: dark)');
function draw() {
  for (const element of document.querySelectorAll('.chart')) {
    echarts.getInstanceByDom(element)?.dispose();
    const chart = echarts.init(element, dark.matches ? 'dark' : null, { renderer: 'svg' });
    const { media, ...baseOption } = JSON.parse(element.nextElementSibling.textContent);
    chart.setOption({ baseOption: { ...baseOption, backgroundColor: 'transparent' }, media });
  }
}
draw();
dark.addEventListener('change', draw);
addEventListener('resize', () => {
  for (const element of document.querySelectorAll('.chart')) echarts.getInstanceByDom(element)?.resize();
});`;

function chart({ title, height, narrowHeight, option }: Chart): string {
  const data = JSON.stringify(option).replace(/</g, '\\u003c');
  return `${title === '' ? '' : `<h3>${html(title)}</h3>`}
<div class="chart" style="--height:${height}px;--narrow-height:${narrowHeight}px"></div><script type="application/json">${data}</script>`;
}

function table(result: CaseResult): string {
  const metrics = Object.entries(caseOf(result.case)?.metrics ?? {});
  const [main] = metrics;
  const head = metrics
    .map(([name, { title }]) => `<th>${html(title)}</th>${name === main?.[0] ? '<th>eventfd is</th>' : ''}`)
    .join('');
  const rows = result.points.flatMap((point) =>
    point.subjects.map((each) => {
      const where = showPoint(point.point);
      const cells =
        each.missing === undefined
          ? metrics
              .map(([name, { unit }]) => {
                const summary = summaryOf(each, name);
                const figure = `<td>${summary === undefined ? '-' : html(show(summary.median, unit))}</td>`;
                return name === main?.[0]
                  ? `${figure}<td>${html(compared(point, each.subject, ...main))}</td>`
                  : figure;
              })
              .join('')
          : `<td class="missing" colspan="${metrics.length + 1}">${html(each.missing)}</td>`;
      const about = html(subjects[each.subject]?.about ?? '');
      const kind = each.subject.startsWith('ours') ? ' class="ours"' : '';
      return `<tr${kind}><td title="${about}">${html(titleOf(each.subject))}${where === '' ? '' : ` <small>${html(where)}</small>`}</td>${cells}</tr>`;
    }),
  );
  return `<div class="scroll"><table><tr><th></th>${head}</tr>${rows.join('\n')}</table></div>`;
}

/** Ours over theirs, in words. */
function compared(point: PointResult, subject: string, name: string, metric: Metric): string {
  const ratio = subject === 'ours' ? undefined : ratioOf(point, name, 'ours', subject);
  return ratio === undefined ? '' : inWords(ratio.median, metric);
}

function opening(results: Results): string {
  const { sentences, picture } = openingOf(results);
  if (sentences.length === 0) return '';
  const text = sentences.map((sentence) => `<p class="answer">${html(sentence)}</p>`).join('\n');
  return `<section id="atomics"><h2>How does it compare with Atomics.wait?</h2>
${text}
${picture === undefined ? '' : chart(picture)}</section>`;
}

function section(result: CaseResult): string {
  const theCase = caseOf(result.case);
  const charts = chartsOf(result).map(chart).join('\n');
  return `<section id="${result.case}"><h2>${html(theCase?.title ?? result.case)}</h2>
<p>${html(theCase?.about ?? '')}</p>
${charts}
<details${charts === '' ? ' open' : ''}><summary>Figures</summary>${table(result)}</details></section>`;
}

function verdicts(results: Results): string {
  const measured = verdictsOf(results).filter(({ held }) => held !== undefined);
  if (measured.length === 0) return '';
  const rows = measured.map((verdict) => {
    const { bound, ours, theirs, against, value, held } = verdict;
    const x = bound.theirs.length === 0 ? 'count' : 'x';
    const cells = [bound.what, ours, theirs, against ?? '', value === undefined ? '' : show(value.median, x)];
    const mark = held === true ? '<td class="held">reached</td>' : '<td class="open">not yet</td>';
    return `<tr>${[...cells, wordsOf(verdict), showLimit(bound)].map((cell) => `<td>${html(cell)}</td>`).join('')}${mark}</tr>`;
  });
  const reached = measured.filter(({ held }) => held === true).length;
  return `<section id="bounds"><h2>What the project aims at</h2>
<p>Goals for those who work on it, as far as this run measured them: ${reached} of ${measured.length} are reached. Many ask for more
than to be ahead, such as for half of another's time; one that is not reached yet is work to do, and no defect.</p>
<details><summary>Goals</summary><div class="scroll"><table><tr><th></th><th>ours</th><th>theirs</th><th></th><th>measured</th><th>eventfd is</th><th>goal</th><th></th></tr>${rows.join('\n')}</table></div></details></section>`;
}

function warning({ disturbed, whole }: Results): string {
  // Files of earlier versions do not say.
  const stopped =
    whole === false ? '<p class="warning">This run was stopped: what is here was measured until then.</p>' : '';
  if (disturbed.kept === 0) return stopped;
  return `${stopped}<p class="warning">The machine was not quiet: ${disturbed.kept} of ${disturbed.runs - disturbed.discarded} runs
were disturbed by other work and kept all the same. Trust ratios before figures, and neither to the last digit.</p>`;
}

export function pageOf(results: Results): string {
  const { machine } = results;
  const machineLine = `Node ${results.node} (V8 ${results.v8}) on ${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.os}, Linux ${machine.kernel}, ${machine.libc}`;
  const links = results.cases.map(
    (each) => `<a href="#${each.case}">${html(caseOf(each.case)?.title ?? each.case)}</a>`,
  );
  const script = readFileSync(library, 'utf8').replace(/<\/script/gi, '<\\/script');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>eventfd bench, Node ${html(results.node)}</title><style>${STYLE}</style></head>
<body><h1>eventfd: benchmarks</h1>
<p>${html(machineLine)}. ${results.date.slice(0, 10)}${results.quick ? ', a quick run: rougher than a whole one' : ''}.
A fresh process for every run, the subjects in turns; bars are medians, dots are runs.</p>
${warning(results)}
${opening(results)}
<nav>${links.join('')}</nav>
${results.cases.map(section).join('\n')}
${verdicts(results)}
<script>${script}</script><script>${SCRIPT}</script></body></html>
`;
}
