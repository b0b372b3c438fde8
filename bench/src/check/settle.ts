/** When enough rounds have been compared to say on which side of its bound a ratio is. */
import type { Limit } from './bounds.js';

/** Nobody needs more to say that it is too close to call. */
export const MOST_ROUNDS = 9;
/** 97.5 % of Student's t, by degrees of freedom: what a mean of so few may be off by. */
const STUDENT = [Number.POSITIVE_INFINITY, 12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31];
/** Rounds that happen to agree to the last digit prove no more than the machine can: 2 % of a time or a rate. */
const LEAST_SPREAD = 0.02;

/** A ratio is judged by the two digits that are shown: no run is good to half a percent. */
const shown = (value: number): number => Math.round(value * 100) / 100;
const HALF_A_DIGIT = 0.005;

/** How far a value is on the right side of its limit, by the digits that are shown; at the limit is on the right side. */
export function distance(limit: Limit, value: number): number {
  return 'atMost' in limit ? limit.atMost - shown(value) : shown(value) - limit.atLeast;
}

/**
 * True or false: the interval in which the ratio lies with 95 % is on one side of the limit. Undefined: on both. Ratios are
 * compared by their logarithms: twice as fast and half as fast are equally far from 1.
 *
 * @param leastSpread what rounds differ by at least, as a share, however well these agree
 */
export function settled(values: readonly number[], limit: Limit, leastSpread = LEAST_SPREAD): boolean | undefined {
  const bound = 'atMost' in limit ? limit.atMost + HALF_A_DIGIT : limit.atLeast - HALF_A_DIGIT;
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map((value) => Math.log(value / bound));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const spread = Math.max(Math.sqrt(variance), leastSpread);
  const half = (STUDENT[logs.length - 1] ?? STUDENT.at(-1) ?? 2) * (spread / Math.sqrt(logs.length));
  // Also false for the NaN of no values.
  if (!(Math.abs(mean) > half)) return undefined;
  return 'atMost' in limit ? mean < 0 : mean > 0;
}
