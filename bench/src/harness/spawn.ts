/** Runs one subject of a case, once, in a fresh process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { look, since } from './disturbance.js';
import type { Case, Disturbance, Figures, Point } from './types.js';

const child = fileURLToPath(new URL('./child.js', import.meta.url));
const DEADLINE = 20_000;

export type Outcome = (Disturbance & { figures: Figures }) | { missing: string };

export interface Programs {
  /** The Node to measure. */
  readonly node: string;
  readonly version: readonly [major: number, minor: number];
  readonly floor: string;
}

export async function runOnce(programs: Programs, theCase: Case, subject: string, point: Point): Promise<Outcome> {
  const entry = theCase.subjects[subject];
  if (entry === undefined) return { missing: 'not in this case' };
  if ('cannot' in entry.way) return { missing: entry.way.cannot };
  if (entry.since !== undefined && isOlder(programs.version, entry.since)) {
    return { missing: `needs Node ${entry.since.join('.')}` };
  }
  const [command, args] =
    'floor' in entry.way
      ? [programs.floor, entry.way.floor(point)]
      : [programs.node, ['--no-warnings', child, theCase.id, subject, JSON.stringify(point)]];

  const before = look();
  const { code, signal, stdout, stderr, late } = await finish(command, args, theCase.deadline ?? DEADLINE);
  if (late) return { missing: `stuck: killed after ${(theCase.deadline ?? DEADLINE) / 1000} s` };
  if (code !== 0) {
    const why =
      stderr
        .trim()
        .split('\n')
        .find((line) => /^\[?\w*Error\b|assert/i.test(line)) ?? stderr.trim().slice(-200);
    return { missing: `failed with ${signal ?? code}: ${why}` };
  }
  const { figures, cpu } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { figures: Figures; cpu: number };
  return { figures, ...since(before, cpu) };
}

function isOlder(
  [major, minor]: readonly [number, number],
  [wantMajor, wantMinor]: readonly [number, number],
): boolean {
  return major < wantMajor || (major === wantMajor && minor < wantMinor);
}

function finish(command: string, args: readonly string[], deadline: number) {
  return new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string; late: boolean }>(
    (resolve, reject) => {
      const running = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let [stdout, stderr, late] = ['', '', false];
      running.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
      });
      running.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      const timer = setTimeout(() => {
        late = true;
        running.kill('SIGKILL');
      }, deadline);
      running.on('error', reject);
      running.on('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, stdout, stderr, late });
      });
    },
  );
}
