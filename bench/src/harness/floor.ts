/** The C floor: a program of bench/native/, compiled when its sources changed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.js';

const sources = fileURLToPath(new URL('../../native/', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/bench/', import.meta.url));
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-pthread'];

/** The program's path; compiled when it is not there yet. */
export function buildFloor(): string {
  const files = readdirSync(sources)
    .filter((file) => /\.[ch]$/.test(file))
    .sort();
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const file of files) hash.update(file).update(readFileSync(join(sources, file)));
  const program = join(cache, `floor-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const units = files.filter((file) => file.endsWith('.c')).map((file) => join(sources, file));
  const making = `${program}.${process.pid}`;
  const { status, stderr, error } = spawnSync('cc', [...FLAGS, '-o', making, ...units], { encoding: 'utf8' });
  if (status !== 0) throw new Failure(`cc did not compile the C floor: ${error?.message ?? stderr}`);
  renameSync(making, program);
  return program;
}
