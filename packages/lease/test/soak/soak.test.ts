import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { seedOf } from '../../../semaphore/test/support/random.mjs';
import { subjects } from '../support/engines.js';

const DEADLINE_MS = 170_000;

/** What `pnpm soak --leases` prints; it rejects, with that in the error, when it does not end well. */
async function soak(...args: string[]): Promise<string> {
  const script = fileURLToPath(new URL('../../../semaphore/test/soak/main.mjs', import.meta.url));
  const all = ['--leases', ...args, '--seed', `${seedOf('soak --leases')}`];
  const killed = { timeout: DEADLINE_MS - 5000, killSignal: 'SIGKILL' } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...all], killed);
  return stdout;
}

test.each(subjects)(
  '$title: ten seconds of everything that goes wrong: never more held than there are, and everything back',
  async ({ server = 'machine' }) => {
    const printed = await soak('--minutes', '0.17', '--engines', server);
    expect(printed).toMatch(/^Nothing over the limit, everything back\.$/m);
    expect(Number(/: (\d+) holds/.exec(printed)?.[1])).toBeGreaterThan(100);
  },
  DEADLINE_MS,
);

test.each(subjects)(
  '$title: twelve kill -9: none is lost',
  async ({ server = 'machine' }) => {
    expect(await soak('--kills', '12', '--engines', server)).toMatch(/: 12 kills, 0 permits lost/);
  },
  DEADLINE_MS,
);
