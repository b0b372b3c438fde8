/** CPU work of a given size: a chain of multiplications that no cache miss and no other thread slows down. */

let sink = 0;

export function work(rounds: number): void {
  let x = rounds;
  for (let i = 0; i < rounds; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  sink ^= x;
}

/** @public What nothing reads: it keeps the work from being optimized away. */
export const spent = (): number => sink;

const CALIBRATION = 50_000;

/** How many rounds take a microsecond on this machine, undisturbed: the best of many tries. */
export function calibrate(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    work(CALIBRATION);
    best = Math.min(best, performance.now() - start);
  }
  return CALIBRATION / (best * 1000);
}
