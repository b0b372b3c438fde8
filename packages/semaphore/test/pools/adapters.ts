/** Every kind of pool that `limit` takes, with one adapter each for the tests: the same handlers, by name. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { limitCalls } from '@eventfd/semaphore/limit';
import * as ofPiscina from '@eventfd/semaphore/piscina';
import * as ofPoolifier from '@eventfd/semaphore/poolifier';
import * as ofTinypool from '@eventfd/semaphore/tinypool';
import * as ofWorkerpool from '@eventfd/semaphore/workerpool';
import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import { Tinypool } from 'tinypool';
import { onTestFinished } from 'vitest';
import workerpool from 'workerpool';
import { raw } from './fixtures/handlers.mjs';

export type Options = ofPiscina.RunOptions;
export type LimitedBy = ofPiscina.LimitedBy<unknown>;
export type Limits = ofPiscina.LimitOptions<unknown>;

/** A limit over a pool. */
export interface Limited {
  run(handler: string, task: unknown, options?: Options & Record<string, unknown>): Promise<unknown>;
  stats(): ofPiscina.LimitStats;
  readonly waiting: number;
}

export interface PoolAdapter {
  make(workers: number, limits: LimitedBy, options?: Limits): Limited;
  /** Whether a task that runs can be ended by force, so that nothing of it goes on. */
  readonly kills: boolean;
  /** Whether the handlers run elsewhere, and are to be wrapped by `task`. */
  readonly remote: boolean;
}

const path = (name: string) => fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url));
const execArgv = ['--no-experimental-require-module']; // see ../piscina/pool.ts

function limited(
  limit: {
    run(task: never, options: never): Promise<unknown>;
    stats(): ofPiscina.LimitStats;
    readonly waiting: number;
  },
  forRun: (handler: string, task: unknown) => [task: unknown, options: object],
): Limited {
  return {
    run: (handler, task, options = {}) => {
      const [given, named] = forRun(handler, task);
      return limit.run(given as never, { ...named, ...options } as never);
    },
    stats: () => limit.stats(),
    get waiting() {
      return limit.waiting;
    },
  };
}

/** Options whose functions are called with what `find` finds in what the pool takes for a task. */
function unpacking(options: object | undefined, find: (given: unknown[]) => unknown): object {
  const unpacked = Object.entries(options ?? {}).map(([name, value]) => [
    name,
    typeof value === 'function' ? (given: unknown[]) => value(find(given)) : value,
  ]);
  return Object.fromEntries(unpacked);
}

const byName = (handler: string, task: unknown): [unknown, object] => [task, { name: handler }];

export const pools: Readonly<Record<string, PoolAdapter>> = {
  Piscina: {
    make(workers, limits, options) {
      const filename = path('handlers');
      const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers, execArgv });
      onTestFinished(() => pool.destroy());
      return limited(ofPiscina.limit(pool, limits, options), byName);
    },
    kills: true,
    remote: true,
  },
  Tinypool: {
    make(workers, limits, options) {
      const filename = path('handlers');
      const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers, execArgv });
      onTestFinished(() => pool.destroy());
      return limited(ofTinypool.limit(pool, limits, options), byName);
    },
    kills: true,
    remote: true,
  },
  workerpool: {
    make(workers, limits, options) {
      const settings = {
        minWorkers: workers,
        maxWorkers: workers,
        workerType: 'thread',
        workerTerminateTimeout: 50,
      } as const;
      const pool = workerpool.pool(path('workerpool'), settings);
      onTestFinished(async () => void (await pool.terminate(true)));
      const unpacked = unpacking(options, ([task]) => task);
      return limited(ofWorkerpool.limit(pool, limits, unpacked), (method, task) => [[task], { method }]);
    },
    kills: true,
    remote: true,
  },
  poolifier: {
    make(workers, limits, options) {
      const pool = new FixedThreadPool(workers, path('poolifier'), { enableTasksQueue: true });
      onTestFinished(async () => {
        // Its own promise never settles when a worker ends before poolifier listens for that.
        const gone = pool.workerNodes.map(({ worker }) => once(worker, 'exit'));
        void pool.destroy();
        await Promise.all(gone);
      });
      return limited(ofPoolifier.limit(pool, limits, options), byName);
    },
    kills: false,
    remote: true,
  },
  limitCalls: {
    make(_workers, limits, options) {
      const call = ([handler, task]: [string, never], signal: AbortSignal) => raw[handler]?.(task, signal);
      const unpacked = unpacking(options, ([, task]) => task);
      return limited(
        limitCalls(call, limits as ofPiscina.LimitedBy<[string, never]>, unpacked as never),
        (handler, task) => [[handler, task], {}],
      );
    },
    kills: false,
    remote: false,
  },
};
