/** Whole processes: a fixture run by the Node that runs the tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { within } from './deadline.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `fixtures/<name>` to its end, within a limit of `ulimit` if one is given. It is killed when it does not come. */
export async function run(name: string, args: string[] = [], flags: string[] = [], limit = ''): Promise<Ended> {
  const path = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  const shell = ['-c', `${limit && `ulimit ${limit} && `}exec "$0" "$@"`];
  const child = spawn('sh', [...shell, process.execPath, ...flags, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  try {
    const [[code, signal], stdout, stderr] = await within(`the end of ${name}`, ended);
    return { code, signal, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}

/** What a process that ended well leaves: its standard output. */
export async function output(name: string, args: string[] = [], flags: string[] = [], limit = ''): Promise<string> {
  const { code, signal, stdout, stderr } = await run(name, args, flags, limit);
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}\n${stdout}\n${stderr}`);
  return stdout;
}
