/** The results on a terminal. */
import Table from 'cli-table3';
import { caseOf } from '../cases/index.js';
import { titleOf } from '../subjects/index.js';
import { ratioOf, type Summary, summaryOf } from './stats.js';
import type { CaseResult, Metric, Point, PointResult } from './types.js';
import { inWords } from './words.js';

export function show(value: number, unit: Metric['unit']): string {
  if (!Number.isFinite(value)) return '-';
  if (unit === 'ops/s')
    return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M/s` : `${(value / 1e3).toFixed(value < 1e4 ? 2 : 1)} k/s`;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = Number.isInteger(value) ? String(value) : value.toFixed(digits);
  if (unit === 'x') return `${text}x`;
  return unit === 'count' ? text : `${text} ${unit}`;
}

export function showPoint(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function showSpread(summary: Summary, unit: Metric['unit']): string {
  return summary.runs === 1 ? '' : `${show(summary.low, unit)} .. ${show(summary.high, unit)}`;
}

export function printCase(result: CaseResult): void {
  const theCase = caseOf(result.case);
  if (theCase === undefined) return;
  console.log(`\n${theCase.title}`);
  for (const point of result.points) {
    if (Object.keys(point.point).length > 0) console.log(showPoint(point.point));
    console.log(tableOf(point, theCase.metrics));
  }
}

function tableOf(result: PointResult, metrics: Readonly<Record<string, Metric>>): string {
  const names = Object.keys(metrics);
  const [main = ''] = names;
  const table = new Table({
    head: [
      '',
      ...names.flatMap((name) =>
        name === main ? [metrics[name]?.title ?? '', 'half of the runs', 'eventfd is'] : [metrics[name]?.title ?? ''],
      ),
    ],
    colAligns: [
      'left',
      ...names.flatMap((name) => (name === main ? (['right', 'right', 'right'] as const) : (['right'] as const))),
    ],
    style: { head: [], border: [], compact: true },
  });
  for (const each of result.subjects) {
    if (each.missing !== undefined) {
      table.push([titleOf(each.subject), { colSpan: names.length + 2, content: each.missing, hAlign: 'left' }]);
      continue;
    }
    const cells = names.flatMap((name) => {
      const unit = metrics[name]?.unit ?? 'count';
      const summary = summaryOf(each, name);
      const value = summary === undefined ? '-' : show(summary.median, unit);
      if (name !== main) return [value];
      return [
        value,
        summary === undefined ? '' : showSpread(summary, unit),
        compared(result, main, each.subject, metrics[main]),
      ];
    });
    table.push([titleOf(each.subject), ...cells]);
  }
  return table.toString();
}

/** Ours over theirs, by rounds. */
function compared(result: PointResult, name: string, subject: string, metric: Metric | undefined): string {
  const ratio = subject === 'ours' ? undefined : ratioOf(result, name, 'ours', subject);
  return ratio === undefined || metric === undefined ? '' : inWords(ratio.median, metric);
}
