import { native, requireFunction, type UnderWay, underWayHere } from 'eventfd/internal';
import { newController } from '../core/controller.js';
import { writeCode } from './codes.js';
import { open } from './envelope.js';

/** A task ended before a wait that it, or the module it is in, had begun. `code` is `ERR_WAIT_LEFT_BEHIND`. */
export class WaitLeftBehindError extends Error {
  override readonly name = 'WaitLeftBehindError';
  readonly code = 'ERR_WAIT_LEFT_BEHIND';

  constructor(waits: readonly UnderWay[]) {
    const first = waits[0]?.what;
    const what = waits.length > 1 ? `${waits.length} waits (${first} first)` : first;
    super(
      `The task ended and left ${what} under way. A worker without a task may block its event loop (Piscina's atomics: 'sync'), ` +
        'and would not see the grant: await every wait before the task ends. The waits have left their queues',
    );
  }
}

/** Tasks that run in this thread, whichever copy of this package they were wrapped by. */
function countRunning(change: number): number {
  native.counts.tasks = (native.counts.tasks ?? 0) + change;
  return native.counts.tasks;
}

/** The arguments of a handler without the signal that comes after them. */
export type TaskArguments<A extends unknown[]> = A extends [...infer Before, AbortSignal] ? Before : A;

/**
 * Wraps the handler of a pool's worker: it gets a signal that tells it to stop, and a wait that is left behind when the
 * worker's last task ends becomes an error instead of a hang.
 *
 *     export default task(async (file, signal) => { ... });
 *
 * The signal comes after the handler's arguments. It is aborted when a run with `grace` is aborted or out of time, on this
 * thread's loop; a handler that blocks passes it to its wait (`acquireSync({ signal })`), or looks whether `signal.aborted`
 * after a turn of the loop. Without `grace` it never is.
 *
 * When no other task runs in this thread, and a promise of any class of this package, or of an EventFd, still waits in a
 * queue, the wait leaves it, its promise never settles, and the task rejects with WaitLeftBehindError `ERR_WAIT_LEFT_BEHIND` (an error
 * that the handler threw itself goes first). The worker lives on. Tasks that overlap in a worker
 * (`concurrentTasksPerWorker`) are judged when the last of them ends, as only then the worker is idle.
 *
 * The `code` of an error that the handler throws goes into its stack's first line, where it survives the way to the pool's
 * thread: `limit(pool, ...).run` makes a property of it again.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE` when it is no function
 */
export function task<A extends unknown[], R>(
  handler: (...args: A) => R | PromiseLike<R>,
): (...args: TaskArguments<A>) => Promise<R> {
  requireFunction('handler', handler);
  return async (...args) => {
    const opened = open(args[0]);
    const given = opened === undefined ? args : opened.args;
    const signal = opened?.controller.signal ?? newController().signal;
    try {
      return await run(handler as (...all: unknown[]) => R | PromiseLike<R>, [...given, signal]);
    } catch (error) {
      writeCode(error);
      throw error;
    } finally {
      opened?.controller.endLookout();
    }
  };
}

async function run<R>(handler: (...all: unknown[]) => R | PromiseLike<R>, args: unknown[]): Promise<R> {
  countRunning(1);
  let left: UnderWay[] = [];
  let result: R;
  try {
    result = await handler(...args);
  } finally {
    if (countRunning(-1) === 0) left = underWayHere();
    for (const wait of left) wait.abandon();
  }
  if (left.length > 0) throw new WaitLeftBehindError(left);
  return result;
}
