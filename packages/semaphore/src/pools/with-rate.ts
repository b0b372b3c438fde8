/**
 * A permit of a semaphore and one of a rate, for one run. Who waited for the one with the other in hand would keep that from who
 * could use it: held permits that nothing runs under, or spent ones that begin all at once when the semaphore lets them, and
 * are more than the rate allows then. So what is in hand goes back, and is waited for again.
 */
import { invalidArgValue, native, TimeoutError } from 'eventfd/internal';
import type { Permit } from '../permit.js';
import { giveBack, type RateLimit } from '../rate-limit.js';
import type { AcquireOptions, Semaphore } from '../semaphore.js';
import { requireShared } from '../shared-object.js';

/** One semaphore for all tasks, or one for each key: called with the task, before anything is waited for. */
export type SemaphoreOf<T> = Semaphore | ((task: T) => Semaphore);

/** One rate for all tasks, or one for each key: called with the task, before anything is waited for. */
export type RateOf<T> = RateLimit | ((task: T) => RateLimit);

/** How many at once; or that, and how many in an interval, of which each run takes one. */
export type LimitedBy<T> = SemaphoreOf<T> | readonly [semaphore: SemaphoreOf<T>, rate: RateOf<T>];

/** Checks what a limit is given. */
export function requireLimits<T>(limits: LimitedBy<T>): [semaphore: SemaphoreOf<T>, rate: RateOf<T> | undefined] {
  if (!Array.isArray(limits)) {
    const others = ' or of type function, or an array of that and an instance of RateLimit';
    if (typeof limits !== 'function') requireShared('semaphore', 'Semaphore', limits, others);
    return [limits as SemaphoreOf<T>, undefined];
  }
  const [semaphore, rate, ...others] = limits as readonly unknown[] as [SemaphoreOf<T>, RateOf<T>, ...unknown[]];
  if (typeof semaphore !== 'function') requireShared('semaphore[0]', 'Semaphore', semaphore, ' or of type function');
  if (typeof rate !== 'function') requireShared('semaphore[1]', 'RateLimit', rate, ' or of type function');
  if (others.length > 0) throw invalidArgValue('semaphore', 'must be of two elements', limits);
  return [semaphore, rate];
}

/** What a run takes. */
export interface Limits {
  readonly semaphore: Semaphore;
  readonly rate: RateLimit | undefined;
}

/** How long one is held while the other is waited for, in milliseconds; twice as long each time it has gone back. */
const PATIENCE = 10;

/** Both, if both are free. */
export function tryBoth({ semaphore, rate }: Limits, permits: number): Permit | undefined {
  const permit = semaphore.tryAcquire(permits);
  if (permit === undefined || rate === undefined) return permit;
  try {
    if (rate.tryAcquire()) return permit;
  } catch (error) {
    permit.release();
    throw error;
  }
  permit.release();
  return undefined;
}

/** How long a wait may last, and what ends it. */
type Wait = AcquireOptions & { readonly permits: number; readonly timeout: number };

/** Waits for both: one wait with one deadline, which leaves nothing behind when it ends without. */
export async function acquireBoth({ semaphore, rate }: Limits, options: Wait): Promise<Permit> {
  if (rate === undefined) return await semaphore.acquire(options);
  const { signal, ref, timeout } = options;
  const deadline = native.now() + timeout;
  const within = (ms: number) => Math.max(0, Math.min(ms, deadline - native.now()));
  const forPermit = (ms: number) => semaphore.acquire({ ...options, timeout: within(ms) });
  const forRate = (ms: number) => rate.acquire({ signal, ref, timeout: within(ms) });
  const isLate = (error: unknown) => {
    // A reason to abort may look like anything.
    return !signal?.aborted && (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_TIMEOUT';
  };
  const late = ({ retryAfter }: TimeoutError) => {
    const what = `run() at a limit of ${semaphore} and ${rate}`;
    const error = new TimeoutError(what, timeout, 'inspect() shows who holds permits and who waits');
    return retryAfter === undefined ? error : Object.assign(error, { retryAfter });
  };

  // Who went back so often waits longer with one in hand: else one that others always take before it would wait for ever.
  for (let patience = PATIENCE; ; patience *= 2) {
    let permit: Permit | undefined;
    try {
      permit = await forPermit(Number.POSITIVE_INFINITY);
      // Refused at once when the rate cannot serve it so soon.
      await forRate(patience);
      return permit;
    } catch (error) {
      permit?.release();
      if (!isLate(error)) throw error;
      if (permit === undefined) throw late(error as TimeoutError);
    }
    let spent = false;
    try {
      await forRate(Number.POSITIVE_INFINITY);
      spent = true;
      return await forPermit(patience);
    } catch (error) {
      if (spent) giveBack(rate);
      if (!isLate(error)) throw error;
      if (!spent) throw late(error as TimeoutError);
    }
  }
}
