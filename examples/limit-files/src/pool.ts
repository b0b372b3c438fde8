import { fileURLToPath } from 'node:url';
import { Latch, Semaphore } from '@eventfd/semaphore';
import { limit as limitPool } from '@eventfd/semaphore/piscina';
import { Piscina } from 'piscina';
import type { Result } from './digest.js';
import { Evidence, planFor } from './evidence.js';
import type { Bundle } from './walk.js';
import type { StandsStill, WorkerData } from './worker.js';

export interface PoolOptions {
  /** `undefined`: all workers work at once. */
  readonly limit: number | undefined;
  readonly workers: number;
  readonly kill: boolean;
}

export interface PoolRun {
  readonly results: Result[];
  /** From the first task to the last result, and to the first one; the workers had started before. */
  readonly ms: number;
  readonly firstMs: number;
  readonly highest: number;
  /** How many workers were killed, and how many were inside at once after that. */
  readonly killed: number;
  readonly highestAfterKill: number;
  readonly permitsBack: number;
}

/** Digests bundles of files in a pool of workers, of which no more than `limit` work at a time. */
export async function digestInPool(
  dir: string,
  bundles: readonly Bundle[],
  { limit, workers, kill }: PoolOptions,
  onResult: () => void,
): Promise<PoolRun> {
  using semaphore = limit === undefined ? undefined : new Semaphore(limit, { name: 'limit-files' });
  using warm = new Latch(workers, { name: 'warm workers' });
  // Without a limit nobody waits for company: all there are come in.
  const plan = planFor(limit ?? 0, bundles.length, kill);
  const evidence = new Evidence(plan);
  const pool = new Piscina<Bundle | undefined, Result>({
    filename: fileURLToPath(new URL('worker.js', import.meta.url)),
    minThreads: workers,
    maxThreads: workers,
    // Piscina then imports the worker's file at once, and does not try to require it: Node 20 and 22 abort when a worker is
    // terminated in the middle of that, as one may be that has hardly begun when the last file is done.
    execArgv: ['--no-experimental-require-module'],
    workerData: { dir, warm, plan } satisfies WorkerData,
  });

  // All there is to the limit. A permit is waited for before a worker is taken, so few workers do all the work, and the
  // others keep no garbage; it comes back when the task is done, or its worker gone.
  const limited = semaphore === undefined ? undefined : limitPool(pool, semaphore);
  const run = (bundle: Bundle) => (limited === undefined ? pool.run(bundle) : limited.run(bundle));

  let killed = 0;
  let victim: number | undefined;
  pool.on('message', ({ standsStill, threadId }: StandsStill) => {
    evidence.bury();
    killed++;
    victim = standsStill;
    void pool.threads.find((worker) => worker.threadId === threadId)?.terminate();
  });

  async function digest(bundle: Bundle): Promise<Result> {
    try {
      return await run(bundle);
    } catch (error) {
      if (bundle.id !== victim) throw error;
      victim = undefined;
      return digest(bundle); // its worker was killed, and is gone: once more, by another
    }
  }

  const results: Result[] = [];
  const next = bundles[Symbol.iterator]();
  let first: number | undefined;
  // Each lane has a task in the pool at a time: enough to keep all workers busy, without queueing every bundle.
  async function lane(): Promise<void> {
    for (const bundle of next) {
      results.push(await digest(bundle));
      first ??= performance.now();
      onResult();
    }
  }

  try {
    await Promise.all(Array.from({ length: workers }, () => pool.run(undefined, { name: 'warmUp' })));
    const began = performance.now();
    await Promise.all(Array.from({ length: 2 * workers }, lane));
    const ended = performance.now();
    // Nothing lost: all permits can be had at once. That of the killed worker comes back when its thread has ended.
    using all = await semaphore?.acquire({ permits: limit ?? 1, timeout: 30_000 });
    const { highest, highestAfterKill } = evidence;
    return {
      results,
      ms: ended - began,
      firstMs: (first ?? ended) - began,
      highest,
      killed,
      highestAfterKill,
      permitsBack: all?.count ?? 0,
    };
  } finally {
    await pool.destroy();
  }
}
