/** What the report opens with: how this library compares with `Atomics.wait`, in three sentences and one picture. */
import { caseOf } from '../cases/index.js';
import { ratioOf, subjectOf, summaryOf } from '../harness/stats.js';
import { show } from '../harness/table.js';
import type { CaseResult, Metric, Point, PointResult, Results } from '../harness/types.js';
import { inWords, speedOf, than } from '../harness/words.js';
import { titleOf } from '../subjects/index.js';
import type { Chart } from './charts.js';
import { NARROW } from './charts.js';

/** One setting in which both were measured. */
interface Compared {
  readonly case: string;
  readonly label: string;
  /** How many times as fast we are. */
  readonly speed: number;
  readonly words: string;
  readonly rival: string;
}

interface Question {
  readonly case: string;
  /** Of several, the fastest counts. */
  readonly rivals: readonly string[];
  readonly label: (point: Point) => string;
}

const BOTH = ['atomics', 'atomics-spin'];
const workersOf = ({ workers }: Point) => `${workers} workers`;

/** What is compared, from the least contention to the most. */
const QUESTIONS: readonly Question[] = [
  { case: 'uncontended-sync', rivals: ['atomics'], label: () => 'take and give back, alone' },
  { case: 'uncontended-async', rivals: ['wait-async'], label: () => 'the same, awaited' },
  { case: 'hand-off-sync', rivals: ['atomics'], label: () => 'wake a thread' },
  { case: 'hand-off-async', rivals: ['wait-async'], label: () => 'wake an event loop' },
  {
    case: 'rarely-contended',
    rivals: BOTH,
    label: (point) => `mutex, ${point['outside']}x outside, ${workersOf(point)}`,
  },
  { case: 'contended', rivals: BOTH, label: (point) => `mutex, ${point['section']} us, ${workersOf(point)}` },
  {
    case: 'contended-semaphore',
    rivals: ['atomics'],
    label: (point) => `semaphore, ${point['section']} us, ${workersOf(point)}`,
  },
  {
    case: 'contended-rwlock',
    rivals: BOTH,
    label: (point) => `RwLock, ${point['readers']} % read, ${workersOf(point)}`,
  },
];
const CONTENDED = ['rarely-contended', 'contended', 'contended-semaphore', 'contended-rwlock'];

function compare(question: Question, point: PointResult, name: string, metric: Metric): Compared[] {
  const rivals = question.rivals.flatMap((rival) => {
    const ratio = ratioOf(point, name, 'ours', rival)?.median;
    return ratio === undefined || !(ratio > 0) ? [] : [{ rival, ratio, speed: speedOf(ratio, metric) }];
  });
  const [hardest] = rivals.sort((a, b) => a.speed - b.speed);
  if (hardest === undefined) return [];
  const { rival, ratio, speed } = hardest;
  return [{ case: question.case, label: question.label(point.point), speed, words: inWords(ratio, metric), rival }];
}

function comparisons(results: readonly CaseResult[]): Compared[] {
  return QUESTIONS.flatMap((question) => {
    const [main] = Object.entries(caseOf(question.case)?.metrics ?? {});
    const points = results.find((each) => each.case === question.case)?.points ?? [];
    return main === undefined ? [] : points.flatMap((point) => compare(question, point, ...main));
  });
}

/** Of those that waited when the holder died: how many were served, and how soon. */
function afterDeath(results: readonly CaseResult[], subject: string) {
  const point = results.find((each) => each.case === 'death')?.points[0];
  const served = summaryOf(subjectOf(point, subject), 'served')?.median;
  const late = summaryOf(subjectOf(point, subject), 'p99')?.median;
  return served === undefined ? undefined : { served, late };
}

function alone(all: readonly Compared[]): string | undefined {
  const parts = [
    ['uncontended-sync', 'to take and give back what nobody else wants'],
    ['hand-off-sync', 'to wake another thread'],
    ['hand-off-async', 'to wake another event loop'],
  ].flatMap(([id, what]) => {
    const one = all.find((each) => each.case === id);
    return one === undefined ? [] : [`${what} it is ${than(one.words, titleOf(one.rival))}`];
  });
  if (parts.length === 0) return undefined;
  const text = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `Without contention: ${text}.`;
}

/** What differs by less is neither: a run is not good to half a percent. */
const isFaster = ({ speed }: Compared) => speed >= 1.005;
const isSlower = ({ speed }: Compared) => speed < 0.995;

function together(all: readonly Compared[]): string | undefined {
  const contended = all.filter((each) => CONTENDED.includes(each.case)).sort((a, b) => b.speed - a.speed);
  const [best] = contended;
  const worst = contended.at(-1);
  if (best === undefined || worst === undefined) return undefined;
  const settings = contended.length === 1 ? 'the one setting' : `${contended.length} settings`;
  const faster = contended.filter(isFaster).length;
  const slower = contended.filter(isSlower).length;
  const ahead = faster === 0 ? '' : ` (most: ${best.label}, ${best.words})`;
  const behind = slower === 0 ? 'in none' : `in ${slower} (most: ${worst.label}, ${worst.words})`;
  return `Where workers contend it is faster in ${faster} of ${settings}${ahead} and slower ${behind}, against whichever is better, Atomics.wait or Atomics.wait with a spin.`;
}

function death(results: readonly CaseResult[]): string | undefined {
  const [ours, theirs] = [afterDeath(results, 'ours'), afterDeath(results, 'wait-async')];
  if (ours === undefined) return undefined;
  const soon = ours.late === undefined ? '' : `, ${show(ours.late, 'ms')} later at p99`;
  const whole = ours.served === 100 ? `served each time${soon}` : `served in ${show(ours.served, '%')} of all deaths`;
  if (theirs === undefined) return `When a worker dies with the lock in its hands, the next in line is ${whole}.`;
  const others =
    theirs.served === 0 ? 'never: the lock is gone for good' : `in ${show(theirs.served, '%')} of all deaths`;
  return `When a worker dies with the lock in its hands, the next in line is ${whole}; with Atomics ${others}.`;
}

/** A bar from 1 on a logarithmic axis: ECharts' own bars begin at its end. */
function picture(all: readonly Compared[], caption: string): Chart {
  // ECharts counts a vertical axis of categories from below.
  const rows = [...all].reverse();
  const ROW = 20;
  const top = caption === '' ? 8 : 50;
  const height = top + 60 + rows.length * ROW;
  const speeds = rows.map(({ speed }) => speed);
  return {
    title: '',
    height,
    narrowHeight: height,
    option: {
      animation: false,
      title: {
        text: caption,
        left: 0,
        top: 0,
        textStyle: { fontSize: 13, fontWeight: 'normal', lineHeight: 18 },
      },
      grid: { left: 8, right: 130, top, bottom: 44, containLabel: true },
      media: [
        {
          query: { maxWidth: NARROW },
          option: { grid: { right: 92 }, yAxis: { axisLabel: { fontSize: 9 } } },
        },
      ],
      xAxis: {
        type: 'log',
        logBase: 2,
        min: 2 ** Math.floor(Math.log2(Math.min(0.5, ...speeds))),
        max: 2 ** Math.ceil(Math.log2(Math.max(2, ...speeds))),
        name: 'times as fast as Atomics.wait, logarithmic',
        nameLocation: 'middle',
        nameGap: 28,
        axisLabel: { hideOverlap: true },
      },
      yAxis: { type: 'category', data: rows.map(({ label }) => label), axisLabel: { interval: 0 } },
      series: rows.map((row, index) => {
        const color = isFaster(row) ? '#0b6e4f' : isSlower(row) ? '#c8553d' : '#8a8a8a';
        const label = { position: 'right' as const, formatter: row.words, fontSize: 11 };
        const speed = Number(row.speed.toPrecision(4));
        return {
          type: 'line' as const,
          name: row.label,
          silent: true,
          symbol: 'circle',
          // What it says is to the right of the bar, whichever way that goes.
          data: [
            { value: [1, index], symbolSize: 1, label: { ...label, show: speed < 1 } },
            { value: [speed, index], symbolSize: 9, label: { ...label, show: speed >= 1 } },
          ],
          lineStyle: { width: 9, color },
          itemStyle: { color },
          ...(index === 0
            ? {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  lineStyle: { color: '#888' },
                  data: [{ xAxis: 1 }],
                  label: { show: false },
                },
              }
            : {}),
        };
      }),
    },
  };
}

export interface Opening {
  readonly sentences: readonly string[];
  /** None where nothing was compared. */
  readonly picture: Chart | undefined;
}

export function openingOf({ cases }: Pick<Results, 'cases'>): Opening {
  const all = comparisons(cases);
  const sentences = [alone(all), together(all), death(cases)].filter((sentence) => sentence !== undefined);
  const served = (subject: string) => {
    const after = afterDeath(cases, subject);
    return after === undefined ? [] : [`${subject === 'ours' ? 'eventfd' : 'Atomics'} ${show(after.served, '%')}`];
  };
  const dead = [...served('ours'), ...served('wait-async')];
  const caption = dead.length === 0 ? '' : `The next in line is served when the holder dies:\n${dead.join(', ')}`;
  return { sentences, picture: all.length === 0 ? undefined : picture(all, caption) };
}
