import { parentPort, threadId, workerData } from 'node:worker_threads';
import { Semaphore, type SemaphoreHandle } from '@eventfd/semaphore';
import { digestFile, type Result, type Unreadable } from './digest.js';
import { Evidence, type Plan } from './evidence.js';

/** What the main thread sends: a posted Semaphore arrives as its handle. */
export interface WorkerData {
  readonly dir: string;
  readonly semaphore: Semaphore | SemaphoreHandle;
  readonly plan: Plan;
}

/** What the worker that is to be killed says. */
export interface StandsStill {
  /** The file it was given. */
  readonly standsStill: string;
  readonly threadId: number;
}

const { dir, semaphore: posted, plan } = workerData as WorkerData;
const semaphore = Semaphore.from(posted);
const evidence = new Evidence(plan);

/** The task. However it ends, the permit goes back; even when the worker is terminated in the middle of it. */
export default async function digest(path: string): Promise<Result | Unreadable> {
  using _permit = await semaphore.acquire();
  const toBeKilled = evidence.enter();
  try {
    if (toBeKilled) {
      parentPort?.postMessage({ standsStill: path, threadId } satisfies StandsStill);
      evidence.standStill();
    }
    return digestFile(dir, path);
  } finally {
    evidence.leave();
  }
}
