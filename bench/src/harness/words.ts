/** A ratio as one would say it. */
import type { Metric } from './types.js';

/** What to call more and less of a unit. */
function adjectives({ unit, cost }: Metric): { more: string; less: string } {
  if (cost === true) return { more: 'much', less: 'little' };
  if (unit === 'ns' || unit === 'us' || unit === 'ms') return { more: 'slow', less: 'fast' };
  if (unit === 'ops/s') return { more: 'fast', less: 'slow' };
  if (unit === 'bytes' || unit === 'MB') return { more: 'large', less: 'small' };
  return { more: 'much', less: 'little' };
}

const COMPARED: Readonly<Record<string, string>> = {
  slow: 'slower',
  fast: 'faster',
  large: 'larger',
  small: 'smaller',
  much: 'more',
  little: 'less',
};

/** How many times as fast, or as much, as large; from ours over theirs. */
export function speedOf(ratio: number, metric: Metric): number {
  return adjectives(metric).more === 'slow' ? 1 / ratio : ratio;
}

/** `15 % slower than C`, `2.3 times as fast as C`. */
export function than(words: string, whom: string): string {
  return `${words} ${/(^| )as /.test(words) ? 'as' : 'than'} ${whom}`;
}

/**
 * Ours over theirs: `15 % slower`, `2.3 times as fast`. Times tell speed: half the time is twice as fast, and 15 % slower is
 * 0.85 of the speed, whether what was measured is a time or a rate.
 */
export function inWords(ratio: number, metric: Metric): string {
  if (!(ratio > 0) || !Number.isFinite(ratio)) return '';
  const { more, less } = adjectives(metric);
  const share = speedOf(ratio, metric);
  const [up, down] = more === 'slow' ? [less, more] : [more, less];
  const percent = Math.round(Math.abs(share - 1) * 100);
  if (percent === 0) return up === 'fast' ? 'as fast' : up === 'large' ? 'as large' : 'as much';
  if (share >= 2) return `${digits(share)} times as ${up}`;
  if (share <= 0.5 && up === 'much') return `${Math.max(1, Math.round(share * 100))} % as much`;
  if (share <= 0.5) return `${digits(1 / share)} times as ${down}`;
  return `${percent} % ${COMPARED[share > 1 ? up : down]}`;
}

function digits(times: number): string {
  return times >= 10 ? String(Math.round(times)) : times.toFixed(1);
}
