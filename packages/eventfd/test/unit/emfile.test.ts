import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { finished } from '../support/run.js';

test('without a descriptor left: what needs one says so, what needs none works, and later everything does', async () => {
  const fixture = fileURLToPath(new URL('../fixtures/emfile.mjs', import.meta.url));
  const command = ['-c', 'ulimit -n 64 && exec "$0" "$@"', process.execPath, fixture];
  const ended = await finished(spawn('sh', command, { timeout: 20_000, killSignal: 'SIGKILL' }));
  expect(ended.code, ended.stderr).toBe(0);
  const emfile = (syscall: string) => ({ name: 'Error', code: 'EMFILE', errno: -24, syscall, advises: true });
  expect(JSON.parse(ended.stdout)).toEqual({
    refused: {
      eventfd: emfile('eventfd'),
      'new EventFd': emfile('eventfd'),
      write: emfile('epoll'),
      writeSync: emfile('poll'),
    },
    worked: {
      tryRead: 'undefined',
      tryWrite: 'false',
      'EventFd.from': 'undefined',
      read: '3',
      readSync: expect.objectContaining({ code: 'ERR_TIMEOUT' }),
      eventfdWrite: '7',
      select: '1',
    },
    after: { written: '1', made: '7' },
  });
});
