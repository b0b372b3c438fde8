import { fileURLToPath } from 'node:url';
import { Semaphore } from '@eventfd/semaphore';
import { Piscina } from 'piscina';
import type { Result, Unreadable } from './digest.js';
import { InputError } from './errors.js';
import { Evidence, planFor } from './evidence.js';
import type { StandsStill, WorkerData } from './worker.js';

export interface PoolRun {
  readonly results: Result[];
  readonly highest: number;
  /** How many workers were killed, and how many were inside at once after that. */
  readonly killed: number;
  readonly highestAfterKill: number;
  readonly permitsBack: number;
}

/** Digests files in a pool of workers, of which no more than `limit` work at a time. */
export async function digestInPool(
  dir: string,
  paths: readonly string[],
  { limit, workers, kill }: { limit: number; workers: number; kill: boolean },
  onResult: (result: Result) => void,
): Promise<PoolRun> {
  using semaphore = new Semaphore(limit, { name: 'limit-files' });
  const plan = planFor(limit, paths.length, kill);
  const evidence = new Evidence(plan);
  const pool = new Piscina<string, Result | Unreadable>({
    filename: fileURLToPath(new URL('worker.js', import.meta.url)),
    minThreads: workers,
    maxThreads: workers,
    // Piscina then imports the worker's file at once, and does not try to require it: Node 20 and 22 abort when a worker is
    // terminated in the middle of that, as one may be that has hardly begun when the last file is done.
    execArgv: ['--no-experimental-require-module'],
    workerData: { dir, semaphore, plan } satisfies WorkerData,
  });

  let killed = 0;
  let victim: string | undefined;
  pool.on('message', ({ standsStill, threadId }: StandsStill) => {
    evidence.bury();
    killed++;
    victim = standsStill;
    void pool.threads.find((worker) => worker.threadId === threadId)?.terminate();
  });

  async function digest(path: string): Promise<Result | Unreadable> {
    try {
      return await pool.run(path);
    } catch (error) {
      if (path !== victim) throw error;
      victim = undefined;
      return digest(path); // its worker was killed, and is gone: once more, by another
    }
  }

  const results: Result[] = [];
  const next = paths[Symbol.iterator]();
  // Each lane has a task in the pool at a time: enough to keep all workers busy, without queueing every file.
  async function lane(): Promise<void> {
    for (const path of next) {
      const result = await digest(path);
      if ('unreadable' in result) throw new InputError(result.unreadable);
      results.push(result);
      onResult(result);
    }
  }

  try {
    await Promise.all(Array.from({ length: 2 * workers }, lane));
    // Nothing lost: all permits can be had at once. That of the killed worker comes back when its thread has ended.
    using all = await semaphore.acquire({ permits: limit, timeout: 30_000 });
    const { highest, highestAfterKill } = evidence;
    return { results, highest, killed, highestAfterKill, permitsBack: all.count };
  } finally {
    await pool.destroy();
  }
}
