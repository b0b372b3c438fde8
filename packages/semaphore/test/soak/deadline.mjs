/** Deadlines of the soak: what is not there by then never comes, and inspect() tells who waits for whom. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect as format } from 'node:util';
import { inspect } from '@eventfd/semaphore';

/** Generous: nothing takes so long, even where both cores are busy with other things. */
const DEADLINE_MS = 120_000;

export class StuckError extends Error {
  constructor(what) {
    super(
      `Stuck: ${what}, not within ${DEADLINE_MS / 1000} s. inspect():\n${format(inspect(), { maxArrayLength: 500 })}`,
    );
    this.name = 'StuckError';
  }
}

/** What `promise` settles to. */
export async function within(what, promise) {
  let timer;
  const struck = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new StuckError(what)), DEADLINE_MS);
  });
  try {
    return await Promise.race([promise, struck]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks, turn after turn, until `condition` holds: for what other threads change in shared memory. */
export async function until(what, condition) {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new StuckError(typeof what === 'function' ? what() : what);
    await sleep(1);
  }
}
