// What bounds a write to a blocking descriptor may not be to be had.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { finished } from '../support/run.js';

const noTimers = 'resource.setrlimit(resource.RLIMIT_SIGPENDING, (0, 0))';
const noSignals = 'for number in range(signal.SIGRTMIN, signal.SIGRTMAX + 1): signal.signal(number, signal.SIG_IGN)';

/** What the fixture says, in a process from which this has taken something. */
async function said(fixture: string, taking: string): Promise<unknown> {
  const program = `import os, resource, signal, sys\n${taking}\nos.execv(sys.argv[1], sys.argv[1:])`;
  const path = fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
  const args = ['-c', program, process.execPath, path];
  const { stdout, ...ended } = await finished(spawn('python3', args, { timeout: 20_000, killSignal: 'SIGKILL' }));
  expect(ended).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout);
}

test.each([
  ['timers to be had', noTimers],
  ['a signal that is not ignored', noSignals],
])('without %s a write that fits succeeds, and one that does not can be ended', async (_, taking) => {
  const well = { fits: 'true', read: 'true', waited: '5', terminated: 'true' };
  expect(await said('interrupted.mjs', taking)).toEqual(well);
});

test('with nothing that could interrupt it a blocking write is refused, and no other', async () => {
  expect(await said('not-interruptible.mjs', noTimers)).toEqual({
    refused: { code: 'EBUSY', syscall: 'write', advises: true },
    written: '2 3',
    later: '4',
  });
});
