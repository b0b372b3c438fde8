import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { finished, type Run } from './run.js';

/** Runs a Python program that gets `fds` as its descriptors 3, 4, ... */
export function python(program: string, fds: number[], stdin: number | 'ignore' = 'ignore'): Promise<Run> {
  return finished(startPython(program, [stdin, 'pipe', 'pipe', ...fds]));
}

export function startPython(program: string, stdio: StdioOptions): ChildProcess {
  const prelude = 'import os, select, sys\n';
  return spawn('python3', ['-c', prelude + program], { stdio, timeout: 20_000, killSignal: 'SIGKILL' });
}
