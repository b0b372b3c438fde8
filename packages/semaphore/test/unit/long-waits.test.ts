/** EVENTFD_WARN_AFTER, in processes of their own: it is read when the package is loaded. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { within } from '../support/deadline.js';

const fixture = fileURLToPath(new URL('../fixtures/long-waits.mjs', import.meta.url));

function start(how: string, after: string, ...flags: string[]) {
  const env = { ...process.env, EVENTFD_WARN_AFTER: after };
  const child = spawn(process.execPath, [...flags, fixture, how], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ReturnType<typeof start>) {
  const all = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  const [[code], stdout, stderr] = await within('the end of the process', all);
  return {
    code,
    stderr,
    lines: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

test('a promise that waits too long says so once, with who holds and who waits', async () => {
  const { code, lines, stderr } = await ended(start('awaits', '100'));
  expect(code).toBe(0);
  const message = expect.stringMatching(/^acquire\(\) of Semaphore "scarce" has waited for \d+ ms$/);
  const detail = expect.stringMatching(/^ {2}held by thread 0: 1\n {2}thread 0 waiting for \d+ ms$/);
  expect(lines.filter((line) => line.warning !== undefined)).toEqual([{ warning: 'LongWaitWarning', message, detail }]);
  // The second to begin, after that for the signal.
  const long = lines.filter((line) => line.long !== undefined);
  expect(long).toEqual([{ long: lines[1].start, name: 'scarce', method: 'acquire', waitedMs: expect.any(Number) }]);
  expect(long[0].waitedMs).toBeGreaterThanOrEqual(100);
  expect(lines.at(-1)).toBe('inside');
  expect(stderr).toMatch(/LongWaitWarning: acquire\(\) of Semaphore "scarce" has waited for/);
});

test('a blocked thread says so while it is blocked, and to subscribers when it goes on', async () => {
  const child = start('blocks', '100');
  const [said] = await within('the words on stderr', once(child.stderr, 'data'));
  expect(`${said}`).toMatch(
    /^\(node:\d+\) LongWaitWarning: acquireSync\(\) of Semaphore "scarce" has waited for \d+ ms\n {2}held by thread 1: 1\n {2}thread 0 blocked for \d+ ms\n$/,
  );
  child.stdin.end('x');
  const { code, lines, stderr } = await ended(child);
  expect([code, stderr]).toEqual([0, '']);
  expect(lines).toEqual([
    { start: 1 },
    { long: 1, name: 'scarce', method: 'acquireSync', waitedMs: expect.any(Number) },
    'was inside',
  ]);
});

test('with --no-warnings it is silent, and without the variable nothing is said', async () => {
  for (const [after, flags] of [
    ['100', ['--no-warnings']],
    ['', []],
  ] as const) {
    const child = start('blocks', after, ...flags);
    child.stdin.end('x');
    const { code, stderr } = await ended(child);
    expect([code, stderr]).toEqual([0, '']);
  }
});

test.each(['0', '-5', '5s', '1e3'])('EVENTFD_WARN_AFTER=%s is said to be wrong, and does nothing', async (after) => {
  const child = start('blocks', after);
  child.stdin.end('x');
  const { code, stderr } = await ended(child);
  expect(code).toBe(0);
  expect(stderr).toContain(
    `EVENTFD_WARN_AFTER must be a whole number of milliseconds, from 1 to 999999999, not "${after}"`,
  );
});
