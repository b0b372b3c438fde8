import { fork } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from './digest.js';
import { InputError } from './errors.js';
import { HELP, type Options, parseOptions } from './options.js';
import type { Job, Pass } from './pass.js';
import { progress } from './progress.js';
import { digestInOneThread } from './verify.js';
import { bundlesOf, choose, walk } from './walk.js';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else await limitFiles(options);
}

async function limitFiles({ dir, most, limit, workers, kill, verify }: Options): Promise<void> {
  const found = walk(dir);
  const files = choose(found.files, most);
  const bundles = bundlesOf(files);
  const where = relative('', dir) || dir;
  for (const message of found.unreadable) fail(message);
  if (files.length === 0) {
    console.log(`no files under ${where}: nothing to do${kill ? ', and no worker to kill' : ''}`);
    return;
  }
  const bytes = sum(files.map((file) => file.bytes));
  console.log(
    `${of(files.length, found.files.length)} files under ${where}: ${mib(bytes)}, in ${bundles.length} bundles`,
  );

  const job = { dir, files, workers };
  const free = await inProcess({ ...job, what: 'without', limit: undefined, kill: false });
  const limited = await inProcess({ ...job, what: 'with', limit, kill });
  const digest = digestOf(bundles, limited.results);

  compare(free, limited, `${workers} at once`, `limit ${limit}`);
  const unreadable = new Map(
    limited.results.flatMap((result) => result.unreadable.map(({ path, message }) => [path, message])),
  );
  line('files', of(files.length - unreadable.size, files.length));
  line(
    'bytes',
    `${sum(limited.results.map((r) => r.bytes))}, compressed to ${sum(limited.results.map((r) => r.compressed.bytes))}`,
  );
  line('highest inside', `${limited.highest} (limit ${limit}); without it ${free.highest}`);
  if (kill)
    line('killed', `${limited.killed} at work with a permit; highest inside after that: ${limited.highestAfterKill}`);
  line('permits back', `${limited.permitsBack} of ${limit}`);
  line('digest', digest);

  for (const message of unreadable.values()) fail(message);
  if (digestOf(bundles, free.results) !== digest)
    fail(`without the limit there is another digest: ${digestOf(bundles, free.results)}`);
  const expected = Math.min(limit, bundles.length);
  if (limited.highest !== expected) fail(`${limited.highest} workers were inside at once, not ${expected}`);
  if (kill && limited.killed !== 1) fail(`${limited.killed} workers were killed, not 1`);
  if (kill && bundles.length >= 2 * limit && limited.highestAfterKill !== limit)
    fail(`the killed worker's permit was lost`);
  if (verify) verifyInOneThread(dir, files, digest);
}

function verifyInOneThread(dir: string, files: Job['files'], digest: string): void {
  const bundles = bundlesOf(files);
  const shown = progress('verifying', bundles.length);
  const again = digestOf(
    bundles,
    digestInOneThread(dir, bundles, () => shown.step()),
  );
  shown.end();
  if (again === digest) line('verified', 'one thread gives the same digest');
  else fail(`one thread gives another digest: ${again}`);
}

async function inProcess(job: Job): Promise<Pass> {
  const child = fork(fileURLToPath(new URL('pass.js', import.meta.url)), { serialization: 'advanced' });
  const ended = once(child, 'exit');
  let pass: Pass | undefined;
  child.once('message', (message: Pass) => {
    pass = message;
  });
  child.send(job);
  const [code, signal] = await ended;
  if (pass === undefined || code !== 0) throw new Error(`the pass ${job.what} the limit ended with ${signal ?? code}`);
  return pass;
}

/** Side by side: what the limit changed. */
function compare(free: Pass, limited: Pass, freely: string, limitedly: string): void {
  const row = (what: string, one: string, other: string) => line(what, `${one.padStart(14)}${other.padStart(14)}`);
  row('', freely, limitedly);
  row('first result', `${Math.round(free.firstMs)} ms`, `${Math.round(limited.firstMs)} ms`);
  row('all results', `${Math.round(free.ms)} ms`, `${Math.round(limited.ms)} ms`);
  row('peak memory', mib(free.peakBytes), mib(limited.peakBytes));
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const of = (some: number, all: number) => (some === all ? `${all}` : `${some} of ${all}`);
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
const line = (what: string, value: string) => console.log(`${what.padEnd(16)}${value}`);

/** Goes on, but the exit code says that something is wrong. */
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
