// The types of what takes pools, over the pools' own, which need skipLibCheck.
import { type RateLimit, Semaphore } from '@eventfd/semaphore';
import { adapt } from '@eventfd/semaphore/limit';
import { startMetrics } from '@eventfd/semaphore/metrics';
import { limit, type RunMessage, task } from '@eventfd/semaphore/piscina';
import { limit as limitPoolifier } from '@eventfd/semaphore/poolifier';
import { limit as limitTinypool } from '@eventfd/semaphore/tinypool';
import { limit as limitWorkerpool } from '@eventfd/semaphore/workerpool';
import type { Piscina } from 'piscina';
import type { FixedThreadPool } from 'poolifier';
import type { Tinypool } from 'tinypool';
import type { Pool } from 'workerpool';

export const handler = task(async (n: number, signal?: AbortSignal) => (signal?.aborted ? 0 : n + 1));
export const limited = (pool: Piscina) => limit(pool, new Semaphore(2)).run(1, { permits: 1, timeout: 1000 });
export const rated = (pool: Piscina<number, string>, rate: RateLimit): Promise<string> =>
  limit(pool, [new Semaphore(2), rate], { runTimeout: 1000, grace: 10 }).run(1, { name: 'handler' });
export const tiny = (pool: Tinypool) => limitTinypool<number, string>(pool, new Semaphore(2)).run(1, { grace: 10 });
export const worker = (pool: Pool) => limitWorkerpool(pool, new Semaphore(2)).run([1, 2], { method: 'add' });
export function poolify(pool: FixedThreadPool<number, string>): Promise<string> {
  const limited = limitPoolifier(pool, new Semaphore(2), { maxWaiting: 1 });
  adapt(limited, { min: 1, max: 4, target: 100 }).stop();
  return limited.run(1);
}
export const metrics = startMetrics();
export const told = ({ outcome, ran }: RunMessage) => `${outcome} ${ran}`;
