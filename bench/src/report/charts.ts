/** The charts of the report, as options for Apache ECharts: data only, so that they can be written into the page. */
import type { EChartsOption } from 'echarts';
import { caseOf } from '../cases/index.js';
import { summaryOf } from '../harness/stats.js';
import { showPoint } from '../harness/table.js';
import type { Case, CaseResult, Metric, Point, PointResult } from '../harness/types.js';
import { titleOf } from '../subjects/index.js';

export interface Chart {
  readonly title: string;
  readonly height: number;
  /** On a page less than NARROW pixels wide. */
  readonly narrowHeight: number;
  readonly option: EChartsOption;
}

export const NARROW = 600;

/** Ours, the floor that C sets, and everybody else. */
const OURS = ['#0b6e4f', '#37a57b', '#7cc8a7', '#b5e0cd'];
const FLOOR = ['#5b6c8f', '#8494b5', '#a9b6d0', '#c9d2e4'];
const PEERS = [
  '#c8553d',
  '#e08e45',
  '#d9b44a',
  '#9c6b98',
  '#7a5c4f',
  '#c77f9b',
  '#8a8a8a',
  '#b8a07e',
  '#3f8fa3',
  '#7d8b3a',
];

export function colorsOf(subjects: readonly string[]): Record<string, string> {
  const next = { ours: 0, floor: 0, peers: 0 };
  return Object.fromEntries(
    subjects.map((subject) => {
      const [family, palette] = subject.startsWith('ours')
        ? (['ours', OURS] as const)
        : /^(c-|glibc-|noop|promise|piscina)/.test(subject)
          ? (['floor', FLOOR] as const)
          : (['peers', PEERS] as const);
      return [subject, palette[next[family]++ % palette.length] ?? '#888'];
    }),
  );
}

export function chartsOf(result: CaseResult): Chart[] {
  const theCase = caseOf(result.case);
  if (theCase === undefined) return [];
  const { metrics, drawn = Object.keys(metrics).slice(0, 1) } = theCase;
  return drawn.flatMap((metric) => {
    const described = metrics[metric];
    if (described === undefined)
      throw new Error(`The case ${theCase.id} draws ${metric}, which is none of its metrics`);
    const [first] = result.points;
    if (first === undefined) return [];
    return result.points.length === 1
      ? bars(theCase, first, metric, described)
      : lines(result.points, metric, described);
  });
}

/** A logarithmic axis as soon as the largest would make the smallest invisible; it says so. */
function axisOf(values: readonly number[], { title, unit, better }: Metric, less: string, more: string) {
  const above = values.filter((value) => value > 0);
  const isLog = above.length === values.length && Math.max(...above) > 30 * Math.min(...above);
  const of = unit === 'count' ? '' : `, ${unit}`;
  const scale = isLog ? ', logarithmic' : '';
  const name = `${title}${of} (${better === 'less' ? less : more} is better${scale})`;
  return { type: isLog ? ('log' as const) : ('value' as const), name };
}

/** One setting: a bar for each median, a dot for each run. */
function bars(theCase: Case, point: PointResult, metric: string, described: Metric): Chart[] {
  const rows = point.subjects.flatMap((each) => {
    const summary = summaryOf(each, metric);
    return summary === undefined ? [] : [{ ...each, summary }];
  });
  const colors = colorsOf(rows.map(({ subject }) => subject));
  // ECharts counts a vertical axis of categories from below.
  rows.sort((a, b) =>
    described.better === 'less' ? b.summary.median - a.summary.median : a.summary.median - b.summary.median,
  );
  if (rows.length === 0) return [];
  const height = 90 + rows.length * 34;
  const chart: Chart = {
    title: '',
    height,
    narrowHeight: height,
    option: {
      animation: false,
      grid: { left: 8, right: 90, top: 8, bottom: 40, containLabel: true },
      tooltip: { trigger: 'item' },
      xAxis: {
        ...axisOf(
          rows.map(({ summary }) => summary.median),
          described,
          'shorter',
          'longer',
        ),
        nameLocation: 'middle',
        nameGap: 28,
        axisLabel: { hideOverlap: true },
      },
      yAxis: { type: 'category', data: rows.map(({ subject }) => titleOf(subject)) },
      series: [
        {
          name: theCase.title,
          type: 'bar',
          barMaxWidth: 22,
          data: rows.map(({ subject, summary }) => ({
            value: Number(summary.median.toPrecision(4)),
            itemStyle: { color: colors[subject] ?? '#888' },
          })),
          label: { show: true, position: 'right' },
        },
        {
          name: 'run',
          type: 'scatter',
          symbolSize: 5,
          itemStyle: { color: '#777', opacity: 0.8 },
          data: rows.flatMap(({ runs }, row) => runs.map((run) => [run.figures[metric] ?? 0, row])),
        },
      ],
    },
  };
  return [chart];
}

/** How many rows a legend of these names takes. */
function legendRows(names: readonly string[], width: number): number {
  let [rows, used] = [1, 0];
  for (const name of names) {
    const wide = 42 + name.length * 6.5;
    if (used + wide > width && used > 0) [rows, used] = [rows + 1, 0];
    used += wide;
  }
  return rows;
}

/** Room for the legend and the axis' name. */
function below(names: readonly string[], width: number): number {
  return 46 + legendRows(names, width) * 24;
}

/** Several settings: a chart for each setting of all parameters but the last, a line for each subject. */
function lines(points: readonly PointResult[], metric: string, described: Metric): Chart[] {
  const names = Object.keys(points[0]?.point ?? {});
  const along = names.at(-1) ?? '';
  const rest = (point: Point) =>
    showPoint(Object.fromEntries(Object.entries(point).filter(([name]) => name !== along)));
  const groups = [...new Set(points.map(({ point }) => rest(point)))];
  return groups.map((group) => {
    const mine = points.filter(({ point }) => rest(point) === group);
    const subjects = [...new Set(mine.flatMap((each) => each.subjects.map(({ subject }) => subject)))];
    const colors = colorsOf(subjects);
    const valueAt = (each: PointResult, subject: string) =>
      summaryOf(
        each.subjects.find((result) => result.subject === subject),
        metric,
      )?.median;
    const shown = subjects.filter((subject) => mine.some((each) => valueAt(each, subject) !== undefined));
    const all = shown
      .flatMap((subject) => mine.map((each) => valueAt(each, subject) ?? Number.NaN))
      .filter(Number.isFinite);
    const PLOT = 300;
    const wide = below(shown.map(titleOf), 960);
    const narrow = below(shown.map(titleOf), 320);
    return {
      title: group,
      height: PLOT + wide,
      narrowHeight: PLOT + narrow,
      option: {
        animation: false,
        grid: { left: 8, right: 24, top: 40, bottom: wide, containLabel: true },
        media: [{ query: { maxWidth: NARROW }, option: { grid: { bottom: narrow } } }],
        legend: { bottom: 0 },
        tooltip: { trigger: 'axis' },
        xAxis: {
          type: 'category',
          name: along,
          nameLocation: 'middle',
          nameGap: 26,
          data: mine.map(({ point }) => String(point[along])),
        },
        yAxis: { ...axisOf(all, described, 'lower', 'higher'), nameTextStyle: { align: 'left' } },
        series: shown.map((subject) => ({
          name: titleOf(subject),
          type: 'line' as const,
          symbolSize: 7,
          lineStyle: { width: subject === 'ours' ? 3 : 1.5 },
          itemStyle: { color: colors[subject] ?? '#888' },
          data: mine.map((each) => Number(valueAt(each, subject)?.toPrecision(4) ?? Number.NaN)),
        })),
      },
    };
  });
}
