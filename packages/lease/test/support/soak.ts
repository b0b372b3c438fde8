/** `pnpm soak --leases`, in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { seedOf } from '../../../semaphore/test/support/random.mjs';

/** For the test that calls it. */
export const DEADLINE_MS = 170_000;

/** What it prints; it rejects, with that in the error, when it does not end well. */
export async function soak(...args: string[]): Promise<string> {
  const script = fileURLToPath(new URL('../../../semaphore/test/soak/main.mjs', import.meta.url));
  const all = ['--leases', ...args, '--seed', `${seedOf('soak --leases')}`];
  const killed = { timeout: DEADLINE_MS - 5000, killSignal: 'SIGKILL' } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...all], killed);
  return stdout;
}
