import { parentPort, threadId, workerData } from 'node:worker_threads';
import { brotliCompressSync } from 'node:zlib';
import { Latch, type LatchHandle } from '@eventfd/semaphore';
import { digestBundle, type Result } from './digest.js';
import { Evidence, type Plan } from './evidence.js';
import type { Bundle } from './walk.js';

/** What the main thread sends: what is posted arrives as its handle. */
export interface WorkerData {
  readonly dir: string;
  /** Counted down by each worker that is warm. */
  readonly warm: Latch | LatchHandle;
  readonly plan: Plan;
}

/** What the worker that is to be killed says. */
export interface StandsStill {
  /** The bundle it was given. */
  readonly standsStill: number;
  readonly threadId: number;
}

const data = workerData as WorkerData;
const evidence = new Evidence(data.plan);

/** The task. It knows of no limit. */
export default function digest(bundle: Bundle): Result {
  const toBeKilled = evidence.enter();
  try {
    if (toBeKilled) {
      parentPort?.postMessage({ standsStill: bundle.id, threadId } satisfies StandsStill);
      evidence.standStill();
    }
    return digestBundle(data.dir, bundle);
  } finally {
    evidence.leave();
  }
}

/** Everything has been loaded, and this worker ends this task only when all the others have come as far: one task each. */
export function warmUp(): void {
  brotliCompressSync(Buffer.alloc(1000));
  const warm = Latch.from(data.warm);
  warm.countDown();
  warm.waitSync();
}
