/** What results say of the bounds: held, missed, or not yet to be told. */

import { caseOf } from '../cases/index.js';
import { planOf } from '../harness/schedule.js';
import { type Summary, subjectOf, summarize, summaryOf } from '../harness/stats.js';
import { show, showPoint } from '../harness/table.js';
import type { Case, CaseResult, Metric, Point, PointResult, Results } from '../harness/types.js';
import { titleOf } from '../subjects/index.js';
import { type Bound, bounds, type Side } from './bounds.js';
import { distance, MOST_ROUNDS, settled } from './settle.js';

export interface Verdict {
  readonly bound: Bound;
  /** Whom ours was compared with. */
  readonly against: string | undefined;
  readonly ours: string;
  readonly theirs: string;
  /** Ours and theirs, whichever is better. */
  readonly metric: Metric;
  /** The ratio, or our figure where there is nobody to compare with. */
  readonly value: Summary | undefined;
  /** Undefined: this Node lacks the other side. */
  readonly held: boolean | undefined;
  /** False: the time was up before enough rounds had been made to be sure. */
  readonly settled: boolean;
  readonly missing: string | undefined;
}

/** Ours with one of the others. */
interface Comparison {
  readonly side: Side;
  /** A ratio for each round that both have. */
  readonly ratios: readonly number[];
  readonly theirs: Summary | undefined;
  readonly missing: string | undefined;
}

export const samePoint = (a: Point, b: Point): boolean => showPoint(a) === showPoint(b);

function pointOf(results: readonly CaseResult[], id: string, point: Point): PointResult | undefined {
  return results.find((each) => each.case === id)?.points.find((each) => samePoint(each.point, point));
}

/** Round by round; the two sides may be at different points. */
function compare(bound: Bound, results: readonly CaseResult[], side: Side): Comparison {
  const { least = 0 } = bound;
  const figure = (value: number | undefined) => Math.max(value ?? Number.NaN, least);
  const theirs = subjectOf(pointOf(results, bound.case, side.point ?? bound.point), side.subject);
  const byRound = new Map(theirs?.runs.map((run) => [run.round, run.figures[side.metric]]));
  const mine = subjectOf(pointOf(results, bound.case, bound.point), bound.ours.subject)?.runs ?? [];
  const ratios = mine.map((run) => figure(run.figures[bound.ours.metric]) / figure(byRound.get(run.round)));
  return {
    side,
    ratios: ratios.filter(Number.isFinite),
    theirs: summaryOf(theirs, side.metric),
    missing: theirs?.missing,
  };
}

function oursOf({ case: id, point, ours }: Bound, results: readonly CaseResult[]): number[] {
  const runs = subjectOf(pointOf(results, id, point), ours.subject)?.runs ?? [];
  return runs.map((run) => run.figures[ours.metric] ?? Number.NaN).filter(Number.isFinite);
}

/** How often a figure is measured that nobody's is compared with: fewer runs would only make it look better. */
export function timesAlone(theCase: Case): number {
  return planOf(theCase, [], { quick: false, check: true }).rounds;
}

/** The sides that must run once more before anybody can say whether the bound is held; none when one can. */
export function openSides(bound: Bound, results: readonly CaseResult[]): Side[] {
  const theCase = caseOf(bound.case);
  if (theCase === undefined) throw new Error(`A bound names the case ${bound.case}, which is not there`);
  const own = oursOf(bound, results);
  if (subjectOf(pointOf(results, bound.case, bound.point), bound.ours.subject)?.missing !== undefined) return [];
  if (bound.theirs.length === 0) {
    return own.length < timesAlone(theCase) ? [bound.ours] : [];
  }
  if (own.length >= MOST_ROUNDS) return [];
  const rivals = bound.theirs
    .map((side) => compare(bound, results, side))
    .filter(({ missing }) => missing === undefined)
    .map(({ side, ratios }) => ({ side, held: settled(ratios, bound.limit, bound.spread) }));
  const itself = bound.itself === undefined || settled(own, bound.itself, bound.spread);
  // One that is missed is enough; all must be held.
  if (itself === false || rivals.some(({ held }) => held === false)) return [];
  const open = rivals.filter(({ held }) => held === undefined).map(({ side }) => side);
  return open.length > 0 || itself === undefined ? [bound.ours, ...open] : [];
}

/**
 * How close it is to call: the smallest distance from the limit, as a share of it. An index is always close to its end, and
 * gets its rounds with the rate of the same runs.
 */
export function closeness(bound: Bound, results: readonly CaseResult[]): number {
  if (bound.itself !== undefined) return Number.POSITIVE_INFINITY;
  const limit = 'atMost' in bound.limit ? bound.limit.atMost : bound.limit.atLeast;
  const ratios = bound.theirs.map((side) => summarize(compare(bound, results, side).ratios)?.median);
  return Math.min(...ratios.map((ratio) => (ratio === undefined ? 0 : Math.abs(Math.log(ratio / limit)))));
}

function judge(bound: Bound, results: readonly CaseResult[]): Omit<Verdict, 'settled'> {
  const here = pointOf(results, bound.case, bound.point);
  const ours = summaryOf(subjectOf(here, bound.ours.subject), bound.ours.metric);
  const metric = caseOf(bound.case)?.metrics[bound.ours.metric];
  if (metric === undefined) throw new Error(`The case ${bound.case} has no ${bound.ours.metric}`);
  const shown = ours === undefined ? '-' : show(ours.median, metric.unit);
  const missing = subjectOf(here, bound.ours.subject)?.missing;
  if (bound.theirs.length === 0) {
    const own = oursOf(bound, results);
    // Nobody to compare with, so no median that noise falls out of: the worst run counts.
    const worst = 'atMost' in bound.limit ? Math.max(...own) : Math.min(...own);
    const value = own.length === 0 ? undefined : summarize([worst]);
    const held = value === undefined ? undefined : distance(bound.limit, value.median) >= 0;
    return { bound, against: tried(bound, here), ours: shown, theirs: '', metric, value, held, missing };
  }
  const ranked = bound.theirs
    .map((side) => {
      const each = compare(bound, results, side);
      const value = summarize(each.ratios);
      return {
        ...each,
        value,
        far: value === undefined ? Number.POSITIVE_INFINITY : distance(bound.limit, value.median),
      };
    })
    .sort((a, b) => a.far - b.far);
  const hardest = ranked[0];
  const itself = bound.itself === undefined || (ours !== undefined && distance(bound.itself, ours.median) >= 0);
  return {
    bound,
    against: hardest === undefined ? undefined : nameOf(hardest.side),
    ours: shown,
    theirs: hardest?.theirs === undefined ? '-' : show(hardest.theirs.median, metric.unit),
    metric,
    value: hardest?.value,
    held: hardest?.value === undefined ? undefined : hardest.far >= 0 && itself,
    missing: missing ?? hardest?.missing,
  };
}

function nameOf({ subject, point }: Side): string {
  return point === undefined ? titleOf(subject) : `${titleOf(subject)}, ${showPoint(point)}`;
}

function tried({ of, ours }: Bound, here: PointResult | undefined): string | undefined {
  if (of === undefined) return undefined;
  const times = subjectOf(here, ours.subject)?.runs.reduce((sum, run) => sum + (run.figures[of] ?? 0), 0) ?? 0;
  return `in ${times} ${of}`;
}

/** @param of those of these cases; all when there is none */
export function boundsOf(of: readonly string[] = []): readonly Bound[] {
  return of.length === 0 ? bounds : bounds.filter((bound) => of.includes(bound.case));
}

export function verdictsOf(results: Pick<Results, 'cases'>, of: readonly Bound[] = bounds): Verdict[] {
  return of.map((bound) => ({
    ...judge(bound, results.cases),
    settled: openSides(bound, results.cases).length === 0,
  }));
}
