/** Deadlines that say what was waited for, and how things stood when it did not come. */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Generous: nothing waits this long unless it is stuck. */
const DEADLINE_MS = 30_000;

function late(what: string, state: readonly unknown[]): Error {
  const shown = state.map((each) => inspect(each, { depth: 4 })).join(', ');
  return new Error(`${what}: not within ${DEADLINE_MS} ms. ${shown}`);
}

/** What `promise` settles to. `state` is shown as it is when the deadline strikes. */
export async function within<T>(what: string, promise: PromiseLike<T>, ...state: unknown[]): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const struck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(what, state)), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, struck]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks, turn after turn of the loop, until `condition` holds: for what other threads change in shared memory. */
export async function until(what: string, condition: () => boolean, ...state: unknown[]): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw late(what, state);
    await sleep(1);
  }
}

/** Lets the loop turn: between two of its turns every descriptor that is ready was looked at. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}
