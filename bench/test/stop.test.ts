/** A run that is stopped: what it had is printed, and in its file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Results } from '../dist/harness/types.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'bench/dist/main.js');
const files: string[] = [];

afterEach(() => {
  for (const file of files.splice(0)) rmSync(file, { force: true });
});

/** Runs the bench until it says so on stderr, and sends the signal then. */
async function stopped(args: readonly string[], at: string, signal: 'SIGINT' | 'SIGTERM') {
  const bench = spawn(process.execPath, [main, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  bench.stdout.setEncoding('utf8').on('data', (text) => {
    // It comes twice from a terminal and from pnpm, or from timeout(1): here once more when it begins to print.
    if (stdout === '') bench.kill(signal);
    stdout += text;
  });
  bench.stderr.setEncoding('utf8').on('data', (text) => {
    if (!stderr.includes(at) && (stderr + text).includes(at)) bench.kill(signal);
    stderr += text;
  });
  const [code] = await once(bench, 'close');
  const file = join(root, /^(bench\/results\/\S+\.json), and an HTML report beside it\.$/m.exec(stdout)?.[1] ?? 'none');
  const page = file.replace(/json$/, 'html');
  files.push(file, page);
  expect(stdout).toContain(`Stopped by ${signal}: this is what there was until then.`);
  expect(existsSync(page)).toBe(true);
  return { code, stdout, stderr, results: JSON.parse(readFileSync(file, 'utf8')) as Results };
}

describe('a run that is stopped', () => {
  it('prints the cases it had, and how long the rest would have taken', async () => {
    const second = 'Uncontended, async';
    const args = ['--case', 'uncontended-sync,uncontended-async', '--subject', 'noop,promise,ours'];
    const { code, stdout, stderr, results } = await stopped(args, second, 'SIGINT');
    expect(code).toBe(130);
    expect(stdout).toMatch(/Uncontended, sync[\s\S]*nothing/);
    expect(stderr).toMatch(/bench: Uncontended, async: await and give back \(after 0:\d\d, about 0:\d\d to go\)/);
    expect(results.whole).toBe(false);
    expect(results.cases[0]?.points[0]?.subjects.map(({ runs }) => runs.length)).toEqual([5, 5]);
  });

  it('prints the bounds as far as they were measured', async () => {
    const args = ['--check', '--case', 'uncontended-sync,uncontended-async'];
    const { code, stdout, results } = await stopped(args, 'Uncontended, async', 'SIGTERM');
    expect(code).toBe(143);
    expect(stdout).toContain('uncontended tryAcquire + release');
    expect(stdout).toMatch(/uncontended await acquire.*not measured/);
    expect(results.whole).toBe(false);
    expect(results.cases[0]?.points[0]?.subjects.map(({ runs }) => runs.length)).toEqual([1, 1, 1]);
  });
});
