// Runs an example as its reader would, for its test.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that hangs is killed after this long, and its code is null then. */
const deadline = 50_000;

/** Runs `examples/<name>/main.mjs` to its end, on the Node that runs the tests. */
export async function example(name: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const main = fileURLToPath(new URL(`../${name}/main.mjs`, import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    timeout: deadline,
    killSignal: 'SIGKILL',
  });
  const code = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** The numbers in the first line that matches; fails, with all that was printed, when no line does. */
export function numbers({ stdout, stderr }: Ended, line: RegExp): number[] {
  const found = line.exec(stdout);
  if (found === null) throw new Error(`No line matches ${line} in:\n${stdout}\n${stderr}`);
  return found.slice(1).map(Number);
}
