import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { seedOf } from '../support/random.mjs';
import { KINDS } from './realm-ways.mjs';

const DEADLINE_MS = 150_000;

/** What `pnpm soak` prints; it rejects, with that in the error, when it does not end well. */
async function soak(...args: string[]): Promise<string> {
  const script = fileURLToPath(new URL('main.mjs', import.meta.url));
  const killed = { timeout: DEADLINE_MS - 5000, killSignal: 'SIGKILL' } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], killed);
  return stdout;
}

const seed = () => ['--seed', `${seedOf('soak')}`];

test(
  'twelve seconds of everything: nothing lost, nobody stuck, not a descriptor more',
  async () => {
    const printed = await soak('--minutes', '0.2', ...seed());
    expect(printed).toMatch(/^Nothing lost, nobody stuck, all flat\.$/m);
    const rows = Object.fromEntries(
      Array.from(printed.matchAll(/^ {2}(\S.*?) +(\d+)$/gm), ([, name, count]) => [name, Number(count)]),
    );
    for (const what of [...KINDS, 'tasks of the pool', 'terminate()']) {
      expect({ what, idle: !((rows[what] ?? 0) > 0) }).toEqual({ what, idle: false });
    }
  },
  DEADLINE_MS,
);

test(
  'thirty-six terminations over six classes: nothing lost, nobody stuck',
  async () => {
    const printed = await soak('--terminations', '36', ...seed());
    for (const kind of ['Semaphore', 'Mutex', 'RwLock', 'Condition', 'Signal', 'Barrier']) {
      expect(printed).toMatch(new RegExp(`^${kind} +6 +0 +0 `, 'm'));
    }
  },
  DEADLINE_MS,
);

test.each([
  [['--minutes', 'many'], '--minutes takes a number above 0, not many'],
  [['--minutes', '-1'], "'--minutes' argument is ambiguous"],
  [['--terminations', '0'], '--terminations takes a number above 0, not 0'],
  [['--hours', '1'], "Unknown option '--hours'"],
])('%s is refused', async (args, why) => {
  const { code, stderr } = await soak(...args).then(
    () => ({ code: 0, stderr: '' }),
    (error) => error,
  );
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
  expect(stderr).toContain('Usage: pnpm soak');
});
