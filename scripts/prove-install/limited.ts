// The types of the Piscina part; Piscina's own need skipLibCheck.
import { Semaphore } from '@eventfd/semaphore';
import { limit, task } from '@eventfd/semaphore/piscina';
import type { Piscina } from 'piscina';

export const handler = task(async (n: number) => n + 1);
export const limited = (pool: Piscina) => limit(pool, new Semaphore(2)).run(1, { permits: 1, timeout: 1000 });
