// What has come beside the classes, as a program would use it, with no pool installed: a limit takes calls, and what takes pools
// wants them only when it is given one. It must type-check with skipLibCheck off.
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueFullError, RateLimit, Semaphore, SharedAbortController } from '@eventfd/semaphore';
import { adapt, limitCalls, RunTimeoutError } from '@eventfd/semaphore/limit';
import { locks } from '@eventfd/semaphore/web-locks';

const rate = new RateLimit({ limit: 10, interval: 3_600_000 });
const limited = limitCalls(async (n: number, signal) => (signal.aborted ? 0 : 2 * n), [new Semaphore(1), rate], {
  permitsOf: () => 1,
  maxWaiting: 0,
  runTimeout: 10_000,
  grace: 10,
});
const adaptation = adapt(limited, { min: 1, max: 2 });
const first: Promise<number> = limited.run(21);
const full: unknown = await limited.run(1).catch((error: unknown) => error);
const { completed, refused } = (await first.then(() => limited)).stats();
adaptation.stop();

const sleeping = limitCalls((ms: number, signal) => sleep(ms, 0, { signal }), new Semaphore(1), { runTimeout: 1 });
const late: unknown = await sleeping.run(60_000).catch((error: unknown) => error);
const controller = new SharedAbortController();
controller.abort('enough');

const granted = await locks.request('called', { mode: 'shared' }, (lock) => `${lock?.name} ${lock?.mode}`);
const { held } = await locks.query();

const pools: string[] = [];
for (const pool of ['piscina', 'tinypool', 'workerpool', 'poolifier']) {
  const { limit } = (await import(`@eventfd/semaphore/${pool}`)) as { limit?: unknown };
  pools.push(typeof limit);
}
const metrics: string = await import('@eventfd/semaphore/metrics').then(
  () => 'there',
  (error: Error) => (error.message.includes('@opentelemetry/api') ? 'wants @opentelemetry/api' : error.message),
);
console.log(
  'called:',
  await first,
  `${completed} ${refused} ${rate.available}`,
  full instanceof QueueFullError,
  late instanceof RunTimeoutError,
  controller.signal.reason,
  granted,
  held?.length,
);
console.log(pools.join(' '), metrics);
