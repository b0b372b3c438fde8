import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';

describe.each(['Semaphore(1)', 'Semaphore(3)', 'fair Semaphore(1)', 'Mutex', 'RwLock to write'])('%s', (name) => {
  test("a holder that dies of the process's --max-old-space-size leaves the lock to a promise and a blocked thread", async () => {
    const printed = await output('heap-death.mjs', [name], ['--max-old-space-size=64']);
    const { abandoned, ...rest } = JSON.parse(printed);
    expect(rest).toEqual({ death: 'ERR_WORKER_OUT_OF_MEMORY', free: true, waiting: 0 });
    // The first to have it is told, if the lock protects something.
    if (!name.includes('Semaphore')) expect(abandoned.toSorted()).toEqual([false, true]);
  });
});
