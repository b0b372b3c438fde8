/** `bench --check`: each bound with both sides' figures, held or not. */
import Table from 'cli-table3';
import { caseOf } from '../cases/index.js';
import type { Plan } from '../harness/schedule.js';
import { type Summary, subjectOf, summarize, summaryOf } from '../harness/stats.js';
import { show, showPoint } from '../harness/table.js';
import type { Case, CaseResult, Point, PointResult, Results } from '../harness/types.js';
import { titleOf } from '../subjects/index.js';
import { type Bound, bounds } from './bounds.js';

export interface Verdict {
  readonly bound: Bound;
  /** Whom ours was compared with. */
  readonly against: string | undefined;
  readonly ours: string;
  readonly theirs: string;
  /** The ratio, or our figure where there is nobody to compare with. */
  readonly value: Summary | undefined;
  /** Undefined: this Node lacks the other side. */
  readonly held: boolean | undefined;
  readonly missing: string | undefined;
}

const samePoint = (a: Point, b: Point): boolean => showPoint(a) === showPoint(b);

function pointOf(results: readonly CaseResult[], id: string, point: Point): PointResult | undefined {
  return results.find((each) => each.case === id)?.points.find((each) => samePoint(each.point, point));
}

/** What must be measured for the bounds, and nothing else. */
export function plansFor(planOf: (theCase: Case) => Plan): Plan[] {
  const ids = [...new Set(bounds.map((bound) => bound.case))];
  return ids.map((id) => {
    const theCase = caseOf(id);
    if (theCase === undefined) throw new Error(`A bound names the case ${id}, which is not there`);
    const mine = bounds.filter((bound) => bound.case === id);
    const sides = mine.flatMap(({ ours, theirs, point }) => [ours, ...theirs].map((each) => ({ point, ...each })));
    return {
      ...planOf(theCase),
      subjects: Object.keys(theCase.subjects).filter((subject) => sides.some((each) => each.subject === subject)),
      points: theCase.points.filter((point) => sides.some((each) => samePoint(each.point, point))),
    };
  });
}

function judge(bound: Bound, results: readonly CaseResult[]): Verdict {
  const here = pointOf(results, bound.case, bound.point);
  const ours = summaryOf(subjectOf(here, bound.ours.subject), bound.ours.metric);
  const unit = caseOf(bound.case)?.metrics[bound.ours.metric]?.unit ?? 'count';
  const shown = ours === undefined ? '-' : show(ours.median, unit);
  if (bound.theirs.length === 0) {
    const worst = subjectOf(here, bound.ours.subject)?.runs.map((run) => run.figures[bound.ours.metric] ?? Number.NaN);
    // Nobody to compare with, so no median that noise falls out of: the worst run counts.
    const value = worst === undefined ? undefined : summarize([Math.max(...worst)]);
    return {
      bound,
      against: tried(bound, here),
      ours: shown,
      theirs: '',
      value,
      held: meets(bound, value),
      missing: undefined,
    };
  }
  const compared = bound.theirs.map((side) =>
    compare(bound, here, pointOf(results, bound.case, side.point ?? bound.point), side),
  );
  const hardest = compared.sort((a, b) => distance(bound, a.value) - distance(bound, b.value))[0];
  return {
    bound,
    against: hardest?.against,
    ours: shown,
    theirs: hardest?.theirs === undefined ? '-' : show(hardest.theirs.median, unit),
    value: hardest?.value,
    held: meets(bound, hardest?.value),
    missing: hardest?.missing,
  };
}

function tried({ of, ours }: Bound, here: PointResult | undefined): string | undefined {
  if (of === undefined) return undefined;
  const times = subjectOf(here, ours.subject)?.runs.reduce((sum, run) => sum + (run.figures[of] ?? 0), 0) ?? 0;
  return `in ${times} ${of}`;
}

/** Round by round; the two sides may be at different points. */
function compare(bound: Bound, here: PointResult | undefined, there: PointResult | undefined, side: Bound['ours']) {
  const theirs = subjectOf(there, side.subject);
  const byRound = new Map(theirs?.runs.map((run) => [run.round, run.figures[side.metric]]));
  const quotients = subjectOf(here, bound.ours.subject)?.runs.map(
    (run) => (run.figures[bound.ours.metric] ?? Number.NaN) / (byRound.get(run.round) ?? Number.NaN),
  );
  const where = side.point === undefined ? '' : `, ${showPoint(side.point)}`;
  return {
    against: `${titleOf(side.subject)}${where}`,
    theirs: summaryOf(theirs, side.metric),
    value: summarize(quotients ?? []),
    missing: theirs?.missing,
  };
}

/** How far the figure is on the right side of its bound; what is missing comes last. */
function distance(bound: Bound, value: Summary | undefined): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  return 'atMost' in bound.limit ? bound.limit.atMost - value.median : value.median - bound.limit.atLeast;
}

function meets(bound: Bound, value: Summary | undefined): boolean | undefined {
  return value === undefined ? undefined : distance(bound, value) >= 0;
}

export function verdictsOf(results: Results): Verdict[] {
  return bounds.map((bound) => judge(bound, results.cases));
}

function showLimit({ limit, theirs }: Bound): string {
  const x = theirs.length === 0 ? '' : 'x';
  return 'atMost' in limit ? `<= ${limit.atMost}${x}` : `>= ${limit.atLeast}${x}`;
}

/** Prints the verdicts; true when no bound is missed. */
export function printVerdicts(results: Results): boolean {
  const table = new Table({
    head: ['', 'ours', 'theirs', '', 'measured', 'half of the rounds', 'bound', ''],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  const verdicts = verdictsOf(results);
  for (const { bound, ours, theirs, against, value, held, missing } of verdicts) {
    const x = bound.theirs.length === 0 ? 'count' : 'x';
    table.push([
      bound.what,
      ours,
      theirs,
      against ?? '',
      value === undefined ? '-' : show(value.median, x),
      value === undefined || value.runs === 1 ? '' : `${show(value.low, x)} .. ${show(value.high, x)}`,
      showLimit(bound),
      held === undefined ? (missing ?? 'not measured') : held ? 'held' : 'NOT HELD',
    ]);
  }
  console.log(table.toString());
  const missed = verdicts.filter(({ held }) => held === false).length;
  const open = verdicts.filter(({ held }) => held === undefined).length;
  const all = verdicts.length;
  console.log(
    `${all - missed - open} of ${all} bounds held, ${missed} not${open > 0 ? `, ${open} not measurable here` : ''}.`,
  );
  return missed === 0;
}
