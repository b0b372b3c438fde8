import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const code = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

export const limitFiles = (...args: string[]) => run(process.execPath, [main, ...args]);

/** What the line of the report that begins with `what` says. */
export function reported({ stdout }: Ended, what: string): string | undefined {
  return stdout
    .split('\n')
    .find((line) => line.startsWith(`${what}  `))
    ?.slice(what.length)
    .trim();
}

export function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'limit-files-'));
  // Not rmSync: it cannot remove what has too long a path.
  onTestFinished(() => void execFileSync('rm', ['-rf', dir]));
  return dir;
}

/** A directory with so many small files, in subdirectories, every one different. */
export function filesIn(dir: string, count: number): string {
  for (let i = 0; i < count; i++) {
    const path = join(dir, `d${i % 5}`, `file ${i}.txt`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${i}\n`.repeat(i * 10));
  }
  return dir;
}
