import { relative } from 'node:path';
import { digestOf, type Result } from './digest.js';
import { InputError } from './errors.js';
import { HELP, type Options, parseOptions, SMALL } from './options.js';
import { digestInPool } from './pool.js';
import { type Progress, progress } from './progress.js';
import { digestInOneThread } from './verify.js';
import { choose, walk } from './walk.js';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else await limitFiles(options);
}

async function limitFiles({ dir, most, limit, workers, kill, verify }: Options): Promise<void> {
  const found = walk(dir);
  const files = choose(found, most);
  const paths = files.map((file) => file.path);
  const bytes = sum(files.map((file) => file.bytes));
  console.log(
    `${of(files.length, found.length)} files under ${relative('', dir) || dir}: ${workers} workers, ${limit} at once`,
  );

  const pooled = await timed('working  ', paths.length, (onResult) =>
    digestInPool(dir, paths, { limit, workers, kill }, onResult),
  );
  const { results, highest, killed, highestAfterKill, permitsBack } = pooled.value;
  const digest = digestOf(results);
  line('files', of(results.length, found.length));
  line('bytes', `${sum(results.map((r) => r.bytes))}, compressed to ${sum(results.map((r) => r.compressed.bytes))}`);
  line('speed', speed(results, pooled.seconds));
  line('highest inside', `${highest} (limit ${limit})`);
  if (kill) line('killed', `${killed} with a permit in its hands; highest inside after that: ${highestAfterKill}`);
  line('permits back', `${permitsBack} of ${limit}`);
  line('digest', digest);

  const expected = Math.min(limit, results.length);
  if (highest !== expected) fail(`${highest} workers were inside at once, not ${expected}`);
  if (kill && results.length >= 2 * limit && highestAfterKill !== limit) fail(`the killed worker's permit was lost`);
  if (verify === false) return;
  if (verify === undefined && bytes > SMALL) {
    line('verified', 'no, there is much of it; --verify does');
    return;
  }
  const single = await timed('verifying', paths.length, (onResult) => digestInOneThread(dir, paths, onResult));
  const again = digestOf(single.value);
  if (again !== digest) fail(`one thread gives another digest: ${again}`);
  else line('verified', `one thread gives the same digest, at ${speed(single.value, single.seconds)}`);
}

async function timed<T>(
  what: string,
  total: number,
  work: (onResult: (result: Result) => void) => T | Promise<T>,
): Promise<{ value: T; seconds: number }> {
  const shown: Progress = progress(what, total);
  const start = performance.now();
  try {
    const value = await work(() => shown.step());
    return { value, seconds: (performance.now() - start) / 1000 };
  } finally {
    shown.end();
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const of = (some: number, all: number) => (some === all ? `${all}` : `${some} of ${all}`);
const line = (what: string, value: string) => console.log(`${what.padEnd(16)}${value}`);

function speed(results: readonly Result[], seconds: number): string {
  const bytes = sum(results.map((result) => result.bytes));
  return `${(bytes / 1e6 / seconds).toFixed(1)} MB/s (${seconds.toFixed(2)} s)`;
}

/** A result that is wrong. */
function fail(message: string): void {
  console.error(`limit-files: ${message}`);
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`limit-files: ${error.message}`);
  process.exitCode = 2;
}
