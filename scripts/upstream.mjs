// Runs the reproductions in docs/upstream/ on the four Nodes, and prints which of the defects they show are still there:
// `pnpm upstream [majors...]`. Nothing of this project is built or loaded for it.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from './nodes.mjs';

const folder = fileURLToPath(new URL('../docs/upstream', import.meta.url));
const programs = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
const given = process.argv.slice(2).filter((argument) => argument !== '--');
const own = process.versions.node.split('.')[0];
const majors = given.length > 0 ? given : [...new Set([own, '20', '22', '24', '26'])].sort();

/** What a reproduction says on a Node: the first line of note, or how it ended. */
function outcome(binary, program) {
  const flags = ['--no-warnings', '--expose-gc', join(folder, program)];
  const { stdout, stderr, signal, status, error } = spawnSync(binary, flags, { encoding: 'utf8', timeout: 120_000 });
  if (error?.code === 'ETIMEDOUT') return 'FAILS: did not end';
  if (signal !== null || status === 134) {
    const reason = stderr.split('\n').find((line) => /FATAL|illegal access|Assertion/.test(line)) ?? '';
    return `FAILS: aborted. ${reason.trim()}`;
  }
  if (/navigator/.test(stderr)) return 'has no Web Locks';
  if (/WebSocket is not defined/.test(stderr)) return 'has no WebSocket to try it with';
  return stdout.trim() || `FAILS: ended with ${status}. ${stderr.trim().split('\n')[0]}`;
}

for (const major of majors) {
  const binary = major === own ? process.execPath : nodeOf(major);
  if (binary === undefined) {
    console.log(`\nNode ${major}: not installed`);
    continue;
  }
  console.log(`\nNode ${spawnSync(binary, ['-v'], { encoding: 'utf8' }).stdout.trim()}`);
  for (const program of programs) console.log(`  ${basename(program, '.mjs').padEnd(24)}${outcome(binary, program)}`);
}
