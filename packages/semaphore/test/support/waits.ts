/** Every asynchronous wait of both packages, one adapter each: nothing is to be had until somebody lets it through. */
import { FdSemaphore, Semaphore } from '@eventfd/semaphore';
import { limit } from '@eventfd/semaphore/piscina';
import { EventFd } from 'eventfd';
import type { Piscina } from 'piscina';
import { expect } from 'vitest';
import { turns, within } from './deadline.js';
import { type SubjectClass, subjects } from './subjects.mjs';

export interface WaitOptions {
  signal?: AbortSignal;
  timeout?: number;
  ref?: boolean;
}

/** An object at which whoever comes waits. */
export interface Waited {
  /** Waits; settles to undefined, having given back what it got. */
  wait(options?: WaitOptions): Promise<void>;
  /** The same, blocking the thread. */
  waitSync?(options?: { timeout?: number }): void;
  /** How many wait, as far as the object tells. */
  readonly waiting: number;
  /** Lets the first through. */
  open(): void;
}

function ofSubject(adapter: SubjectClass, subject = adapter.make()): Waited {
  const shut = adapter.shut(subject);
  return {
    wait: async (options) => adapter.leave(subject, await adapter.pass(subject, options)),
    waitSync: (options) => adapter.leave(subject, adapter.passSync(subject, options)),
    get waiting() {
      return subject.waiting;
    },
    open: () => adapter.open(subject, shut),
  };
}

function ofEventFd(wait: (efd: EventFd, options?: WaitOptions) => Promise<unknown>, full = false): Waited {
  const efd = new EventFd();
  if (full) efd.tryWrite(2n ** 64n - 2n);
  return {
    wait: async (options) => void (await wait(efd, options)),
    waiting: 0,
    open: () => void (full ? efd.tryRead() : efd.tryWrite()),
  };
}

function ofFdSemaphore(): Waited {
  const semaphore = new FdSemaphore(new EventFd(0, { semaphore: true }));
  return {
    wait: async (options) => (await semaphore.acquire(options)).release(),
    waitSync: (options) => semaphore.acquireSync(options).release(),
    waiting: 0,
    open: () => void semaphore.eventfd.tryWrite(),
  };
}

/** A pool that runs no worker: what is waited for is the permit. */
const pool = { run: async () => {}, on: () => {}, threads: [] } as unknown as Piscina;

function ofLimit(): Waited {
  const semaphore = new Semaphore(1);
  const permit = semaphore.acquireSync();
  const limited = limit(pool, semaphore);
  return {
    wait: async (options) => void (await limited.run(0, options)),
    get waiting() {
      return Math.max(semaphore.waiting, limited.waiting);
    },
    open: () => permit.release(),
  };
}

/** A wait for a limit's queue to shrink. It takes no timeout. */
function ofMark(): Waited {
  const semaphore = new Semaphore(1);
  const permit = semaphore.acquireSync();
  const limited = limit(pool, semaphore);
  const run = limited.run(0);
  return {
    wait: async ({ signal } = {}) => {
      await limited.whenBelow(1, { signal });
      await run;
    },
    waiting: 0,
    open: () => permit.release(),
  };
}

// A barrier is broken by who gives up: nobody could show that nothing was lost. What a rate could not serve in time never
// waits.
const { Barrier: barrier, RateLimit: rate, ...unbroken } = subjects;

const ofClasses = Object.entries(unbroken).map(
  ([name, adapter]) => [name, () => ofSubject(adapter)] as const satisfies [string, () => Waited],
);

/** By name, those that take a timeout. */
export const timedWaits: Readonly<Record<string, () => Waited>> = {
  ...Object.fromEntries(ofClasses),
  'EventFd.read': () => ofEventFd((efd, options) => efd.read(options)),
  'EventFd.write': () => ofEventFd((efd, options) => efd.write(1, options), true),
  'EventFd.selectAsync': () => ofEventFd((efd, options) => EventFd.selectAsync([efd], options)),
  FdSemaphore: ofFdSemaphore,
  'limit().run': ofLimit,
};

/** By name. */
export const waits: Readonly<Record<string, () => Waited>> = {
  ...timedWaits,
  RateLimit: () => ofSubject(rate as SubjectClass),
  'limit().whenBelow': ofMark,
};

/** The same of a barrier: who waits there and gives up breaks it. */
export const atBarrier = (): Waited => ofSubject(barrier as SubjectClass);

/** Who gave up has left the queue, and the next gets what is there. */
export async function expectNothingLeft(waited: Waited): Promise<void> {
  expect(waited.waiting).toBe(0);
  const next = waited.wait();
  // A condition's locks the mutex first.
  await turns(5);
  waited.open();
  await within('the next', next, waited);
}
