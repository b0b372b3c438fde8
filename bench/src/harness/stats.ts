/** Summaries of runs. Medians throughout: a disturbed run is an outlier in one direction only. */
import { median, quantile } from 'simple-statistics';
import type { PointResult, SubjectResult } from './types.js';

export interface Summary {
  readonly median: number;
  /** Half of the runs lie between these. */
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

export function summarize(values: readonly number[]): Summary | undefined {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  return {
    median: median(finite),
    low: quantile(finite, 0.25),
    high: quantile(finite, 0.75),
    runs: finite.length,
  };
}

export function summaryOf(result: SubjectResult | undefined, metric: string): Summary | undefined {
  return summarize(result?.runs.map((run) => run.figures[metric] ?? Number.NaN) ?? []);
}

export function subjectOf(result: PointResult | undefined, subject: string): SubjectResult | undefined {
  return result?.subjects.find((each) => each.subject === subject);
}

/**
 * One subject's figure over another's. The two ran in turns, so each round is compared with itself: what disturbed the
 * machine for a whole round falls out of its quotient.
 */
export function ratioOf(
  result: PointResult | undefined,
  metric: string,
  subject: string,
  to: string,
  toMetric = metric,
): Summary | undefined {
  const other = new Map(subjectOf(result, to)?.runs.map((run) => [run.round, run.figures[toMetric]]));
  const quotients = subjectOf(result, subject)?.runs.map((run) => {
    const [above, below] = [run.figures[metric], other.get(run.round)];
    return above === undefined || below === undefined ? Number.NaN : above / below;
  });
  return summarize(quotients ?? []);
}
