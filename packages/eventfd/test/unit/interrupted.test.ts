// What bounds a write to a blocking descriptor may not be to be had.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { finished } from '../support/run.js';

const fixture = fileURLToPath(new URL('../fixtures/interrupted.mjs', import.meta.url));
const lacking = (python: string) => `import os, resource, signal, sys
${python}
os.execv(sys.argv[1], sys.argv[1:])`;

test.each([
  ['timers to be had', 'resource.setrlimit(resource.RLIMIT_SIGPENDING, (0, 0))'],
  [
    'a signal that is not ignored',
    'for number in range(signal.SIGRTMIN, signal.SIGRTMAX + 1): signal.signal(number, signal.SIG_IGN)',
  ],
])('without %s a write that fits succeeds, and one that does not can be ended', async (_, python) => {
  const args = ['-c', lacking(python), process.execPath, fixture];
  const ended = await finished(spawn('python3', args, { timeout: 20_000, killSignal: 'SIGKILL' }));
  expect({ ...ended, stdout: ended.stdout && JSON.parse(ended.stdout) }).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    stdout: { fits: 'true', read: 'true', waited: '5', terminated: 'true' },
  });
});
