import {
  invalidArgType,
  invalidArgValue,
  outOfRange,
  requireFunction,
  requireInteger,
  requireOptions,
} from 'eventfd/internal';
import { Cell, MAX_PERMITS, Word } from '../core/cell.js';
import type { EndedRun, PoolLimit } from '../pools/pool-limit.js';
import { Adaptive, Aimd, type Algorithm, Gradient } from './algorithms.js';

/** Options of `adapt`. */
export interface AdaptOptions {
  /** The fewest permits: an integer from 1. */
  min: number;
  /** The most: an integer from `min`, and not more than the semaphore's own `max`. */
  max: number;
  /**
   * `aimd`, the default: one permit more for each window of runs in which all was well, a tenth less for one in which more than a
   * tenth were overload. `gradient`: by how long runs take against how long they take when few run, which it measures
   * now and then by halving the limit for a moment.
   */
  algorithm?: 'aimd' | 'gradient' | undefined;
  /** For `aimd`: a run that takes longer counts as overload. In milliseconds from the permit to the end. */
  target?: number | undefined;
  /** Which errors of a task, or of its pool, count as overload; by default none but `ERR_RUN_TIMEOUT`. What it throws, the run rejects with. */
  isOverload?: ((error: unknown) => boolean) | undefined;
}

/** An adaptation under way. */
export interface Adaptation extends Disposable {
  /** How many permits it has come to. */
  readonly limit: number;
  /** Leaves the number of permits as it is from here on. Twice is harmless. */
  stop(): void;
}

/**
 * Finds out how many at once: moves the permits of a limit's semaphore, with `grow` and `shrink`, by what its runs show.
 *
 * It decides once for a window of 20 runs, or as many as the limit lets run at once if that is more. A limit that is not
 * reached is not raised. Runs that are aborted, or fail without being overload, say nothing. The semaphore's permits are moved
 * by the difference, so what others add or take stays; but one semaphore is for one adaptation, on one thread, to move.
 *
 * @param limited what `limit` or `limitCalls` gave, over one semaphore
 * @throws TypeError `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_ARG_VALUE` when the limit chooses its semaphore by the task, when `target`
 *   is given for `gradient`, or when nothing could count as overload for `aimd`: there is neither `target` nor `isOverload`, nor
 *   has the limit a `runTimeout`; RangeError `ERR_OUT_OF_RANGE`
 */
export function adapt(limited: Pick<PoolLimit<never, unknown, never>, 'stats'>, options: AdaptOptions): Adaptation {
  const watched = requireLimit(limited);
  const { min, max, algorithm, isOverload } = check(options, watched.runTimeout);
  const { semaphore } = watched;
  const most = Cell.from('Semaphore', semaphore).load(Word.MAX);
  if (max > most) throw outOfRange('options.max', `<= the max of ${semaphore}, ${most}`, max);

  const adaptive = new Adaptive(algorithm, min, max, semaphore.permits);
  let limit = semaphore.permits;
  const move = () => {
    if (semaphore.closed) return;
    const { permits } = semaphore;
    // Others may have added or taken so many that there is no room for all of it.
    const by = Math.min(most - permits, Math.max(-permits, adaptive.limit - limit));
    if (by > 0) semaphore.grow(by);
    if (by < 0) semaphore.shrink(-by);
    limit += by;
  };
  move();
  const stop = watched.watch(({ outcome, error, ran, inUse }) => {
    const overloaded = outcome === 'timed out' || (outcome === 'failed' && isOverload?.(error) === true);
    if (outcome !== 'completed' && !overloaded) return;
    adaptive.add({ latency: ran, inUse, overloaded });
    move();
  });
  return {
    get limit() {
      return limit;
    },
    stop,
    [Symbol.dispose]: stop,
  };
}

function requireLimit(limited: unknown) {
  const { watchRuns } = Object(limited) as Partial<PoolLimit<never, unknown, never>>;
  if (typeof watchRuns !== 'function') throw invalidArgType('limited', 'what limit() or limitCalls() gave', limited);
  const { semaphore, runTimeout, watch } = watchRuns.call(limited as never);
  if (typeof semaphore !== 'function')
    return { semaphore, runTimeout, watch: (see: (run: EndedRun) => void) => watch(see) };
  throw invalidArgValue('limited', 'must be of one semaphore, not of one for each task', limited);
}

function check(options: AdaptOptions, runTimeout: number | undefined) {
  if (options === undefined) throw invalidArgType('options', 'of type object', options);
  requireOptions(options);
  const { min, max, algorithm = 'aimd', target, isOverload } = options;
  requireInteger('options.min', min, 1, MAX_PERMITS);
  requireInteger('options.max', max, min, MAX_PERMITS);
  if (isOverload !== undefined) requireFunction('options.isOverload', isOverload);
  if (target !== undefined && typeof target !== 'number')
    throw invalidArgType('options.target', 'of type number', target);
  if (target !== undefined && !(target > 0)) throw outOfRange('options.target', '> 0', target);
  if (algorithm !== 'aimd' && algorithm !== 'gradient') {
    throw invalidArgValue('options.algorithm', "must be 'aimd' or 'gradient'", algorithm);
  }
  const none = Number.POSITIVE_INFINITY;
  const blind = (target ?? none) === none && isOverload === undefined && (runTimeout ?? none) === none;
  if (algorithm === 'aimd' && blind) {
    throw invalidArgValue(
      'options.target',
      "must be given, or isOverload, or the limit's runTimeout: else nothing is overload",
      target,
    );
  }
  if (algorithm === 'gradient' && target !== undefined) {
    throw invalidArgValue('options.target', "is no option of 'gradient', and would do nothing", target);
  }
  const made: Algorithm = algorithm === 'aimd' ? new Aimd(target ?? none) : new Gradient(min);
  return { min, max, algorithm: made, isOverload };
}
