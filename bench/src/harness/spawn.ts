/** Runs one subject of a case, once, in a fresh process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { look, since } from './disturbance.js';
import type { Case, Disturbance, Entry, Figures, Point } from './types.js';

const child = fileURLToPath(new URL('./child.js', import.meta.url));
const DEADLINE = 20_000;

export type Outcome = (Disturbance & { figures: Figures }) | { missing: string };

export interface Programs {
  /** The Node to measure. */
  readonly node: string;
  readonly version: readonly [major: number, minor: number];
  readonly floor: string;
}

/** Somebody wants no more. */
export class Stopped extends Error {}

/** @param signal aborted: what runs is killed, and Stopped is thrown */
export async function runOnce(
  programs: Programs,
  theCase: Case,
  subject: string,
  point: Point,
  signal?: AbortSignal,
): Promise<Outcome> {
  const entry = theCase.subjects[subject];
  if (entry === undefined) return { missing: 'not in this case' };
  if ('cannot' in entry.way) return { missing: entry.way.cannot };
  if (entry.since !== undefined && isOlder(programs.version, entry.since)) {
    return { missing: `needs Node ${entry.since.join('.')}` };
  }
  const lacks = await entry.needs?.();
  if (lacks !== undefined) return { missing: lacks };

  const [command, args] =
    'floor' in entry.way
      ? [programs.floor, entry.way.floor(point)]
      : [programs.node, ['--no-warnings', child, theCase.id, subject, JSON.stringify(point)]];

  if (signal?.aborted) throw new Stopped();
  const before = look();
  const deadline = theCase.deadline ?? DEADLINE;
  const { code, killed, stdout, stderr, late } = await finish(command, args, entry.env, deadline, signal);
  // Whatever it left behind is half a run.
  if (signal?.aborted) throw new Stopped();
  if (late) return { missing: `stuck: killed after ${deadline / 1000} s` };
  if (code !== 0) {
    const why =
      stderr
        .trim()
        .split('\n')
        .find((line) => /^\[?\w*Error\b|assert/i.test(line)) ?? stderr.trim().slice(-200);
    return { missing: `failed with ${killed ?? code}: ${why}` };
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

function finish(
  command: string,
  args: readonly string[],
  env: Entry['env'],
  deadline: number,
  stop: AbortSignal | undefined,
) {
  return new Promise<{ code: number | null; killed: string | null; stdout: string; stderr: string; late: boolean }>(
    (resolve, reject) => {
      // A group of its own: what is typed at the terminal comes to us alone, and we end it, with all that it started.
      const running = spawn(command, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
        env: { ...process.env, ...env },
      });
      const kill = () => {
        try {
          if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
        }
      };
      stop?.addEventListener('abort', kill);
      let [stdout, stderr, late] = ['', '', false];
      running.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
      });
      running.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      const timer = setTimeout(() => {
        late = true;
        kill();
      }, deadline);
      running.on('error', reject);
      running.on('close', (code, killed) => {
        clearTimeout(timer);
        stop?.removeEventListener('abort', kill);
        resolve({ code, killed, stdout, stderr, late });
      });
    },
  );
}
