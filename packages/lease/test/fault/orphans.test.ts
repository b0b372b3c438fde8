import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { until, within } from '../../../semaphore/test/support/deadline.js';

/** Ended, or ended and not yet waited for: where orphans come to, that may take long. */
function isGone(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

test('what a test has started ends with it, however it ends', async () => {
  const parent: ChildProcess = fork(fileURLToPath(new URL('../fixtures/parent.mjs', import.meta.url)), {
    execPath: process.execPath,
  });
  const [{ pids, folders }] = (await within('everything is started', once(parent, 'message'))) as [
    { pids: number[]; folders: string[] },
  ];
  onTestFinished(() => {
    for (const pid of pids.filter((each) => !isGone(each))) process.kill(pid, 'SIGKILL');
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  expect(pids.filter(isGone)).toEqual([]);
  parent.kill('SIGKILL');
  await until('all have ended', () => pids.every(isGone), pids);
});
