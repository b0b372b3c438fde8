// What two files, each in a thread of its own, import. Neither was handed anything: they find each other by names.
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { Barrier, inspect, Mutex } from '@eventfd/semaphore';
import { expect, test } from 'vitest';

const ROUNDS = 200;

const lock = Mutex.open('one at a time');
const both = Barrier.open('both files', 2);

/** The kernel's word for it that nobody else is inside: a file that only one can create. */
async function inside() {
  const path = join(tmpdir(), `eventfd-inside-${process.pid}`);
  closeSync(openSync(path, 'wx'));
  await setImmediate();
  unlinkSync(path);
}

export function defineExclusion() {
  test('two files that import one module exclude each other', { timeout: 60_000 }, async () => {
    await both.wait();
    for (let i = 0; i < ROUNDS; i++) {
      if (i % 2 === 0) await lock.run(inside);
      else {
        const guard = lock.lockSync();
        await inside();
        guard.unlock();
      }
    }
    await both.wait();
    // The other is another thread, and was here.
    const guard = lock.lockSync();
    const holders = inspect().find(({ name }) => name === 'one at a time')?.holders;
    guard.unlock();
    expect(holders).toEqual([{ threadId, permits: 1 }]);
    await both.wait();
  });
}
