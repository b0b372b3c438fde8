/** Time of what is far shorter than a look at the clock. */
import { median } from 'simple-statistics';
import type { Figures } from '../harness/types.js';

/** A batch runs this long, at least. */
const BATCH_MS = 5;
const BATCHES = 50;
const WARM_UP_MS = 150;

function clock(): number {
  return performance.now();
}

/** @param batch does it `n` times */
export async function nsPerOperation(batch: (n: number) => void | Promise<void>): Promise<Figures> {
  let n = 1000;
  // Doubling warms the code up too: it has run for some tens of milliseconds when the last doubling ends.
  for (;;) {
    const start = clock();
    await batch(n);
    if (clock() - start >= BATCH_MS && n > 1000) break;
    n *= 2;
  }
  // Then until the optimizing compiler, which runs beside it, has surely had its turn.
  for (const end = clock() + WARM_UP_MS; clock() < end; ) await batch(n);
  const times: number[] = [];
  for (let i = 0; i < BATCHES; i++) {
    const start = clock();
    await batch(n);
    times.push(((clock() - start) * 1e6) / n);
  }
  return { time: median(times) };
}
