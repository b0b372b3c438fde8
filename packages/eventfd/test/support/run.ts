import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a fixture in a process of its own until it ends. One that hangs is killed after 20 s; `signal` tells. */
export function runFixture(name: string, ...args: string[]): Promise<Run> {
  const path = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  return finished(spawn(process.execPath, [path, ...args], { timeout: 20_000, killSignal: 'SIGKILL' }));
}

export function finished(child: ChildProcess): Promise<Run> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}
