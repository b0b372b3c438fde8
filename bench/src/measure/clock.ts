/** Times of single operations that are longer than a look at the clock. */
import { quantile } from 'simple-statistics';

export const now = (): number => performance.now();

/** CPU time of the process, all its threads, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export function percentiles(values: Iterable<number>): { p50: number; p99: number } {
  const all = [...values];
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Keeps the thread busy for so long, by the clock. Work of a fixed size would last several times as long, or as short,
 * depending on which of V8's compilers has got to it by then.
 */
export function busy(ms: number): void {
  const end = now() + ms;
  while (now() < end);
}
