// Compiles and runs the tests of the C++ core that need neither Node nor libuv: packages/eventfd/test/native.
//
//   node scripts/native-tests.mjs [--deep] [suite...]    without names: the quick ones, or with --deep all of them
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const native = join(root, 'packages/eventfd/native');
const tests = join(root, 'packages/eventfd/test/native');
const cache = join(root, 'node_modules/.cache/native-tests');

const THREAD = ['-O1', '-g', '-fsanitize=thread'];
const ADDRESS = ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];

/** What is compiled from which files, and run with which arguments. `deep` ones are not part of `pnpm test`. */
const suites = [
  { name: 'unit', from: 'unit', flags: ['-O0'], args: [] },
  { name: 'stress', from: 'stress', flags: ['-O2'], args: () => [seed(), '1'] },
  { name: 'unit-address', from: 'unit', flags: ADDRESS, args: [], deep: true },
  { name: 'stress-thread', from: 'stress', flags: THREAD, args: () => [seed(), '5'], deep: true },
  { name: 'stress-address', from: 'stress', flags: ADDRESS, args: () => [seed(), '5'], deep: true },
];

/** Printed by the test itself; EVENTFD_SEED repeats a run. */
function seed() {
  return process.env.EVENTFD_SEED ?? String(Math.floor(Math.random() * 2 ** 32));
}

function filesUnder(directory, end) {
  return readdirSync(directory, { recursive: true })
    .filter((file) => end.test(file))
    .sort()
    .map((file) => join(directory, file));
}

/** Runs a program; resolves to its exit status and what it printed. */
function run(command, args, { input, seconds }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status: status ?? `killed by ${signal}`, output }));
    // A program that ends before it has read all says why itself.
    child.stdin?.on('error', () => {}).end(input);
  });
}

const version = (await run('g++', ['--version'], { seconds: 10 })).output;

/** The suite's binary, compiled unless it was from the very same text. One translation unit: it is faster, and it shows
 * that the headers can stand together. */
async function compile({ name, from, flags, include = native }) {
  const sources = filesUnder(join(tests, from), /\.cc$/);
  const text = sources.map((file) => `#include "${file}"\n`).join('');
  const all = ['-x', 'c++', '-std=c++20', '-Wall', '-Wextra', '-Werror', '-pthread', ...flags];
  const digest = createHash('sha256').update(JSON.stringify([version, all, text]));
  for (const file of [...filesUnder(include, /\.h$/), ...filesUnder(tests, /\.(cc|h)$/)])
    digest.update(readFileSync(file));
  const binary = `${name}-${digest.digest('hex').slice(0, 16)}`;
  mkdirSync(cache, { recursive: true });
  const made = readdirSync(cache);
  if (made.includes(binary)) return join(cache, binary);
  const partial = join(cache, `${binary}.${process.pid}`);
  // Mutants lie over the real headers: what they do not change is found behind them.
  const includes = [include, native, tests].flatMap((directory) => ['-I', directory]);
  const { status, output } = await run('g++', [...all, ...includes, '-', '-o', partial], { input: text, seconds: 120 });
  if (status !== 0) throw new Error(`g++ cannot compile ${name}:\n${output}`);
  renameSync(partial, join(cache, binary));
  for (const old of made)
    if (old.startsWith(`${name}-`) && old !== binary && /^-[0-9a-f]{16}$/.test(old.slice(name.length)))
      rmSync(join(cache, old));
  return join(cache, binary);
}

/** Compiles and runs one suite. True when it did what it should. */
async function check(suite, deep) {
  const started = performance.now();
  const binary = await compile(suite);
  const compiled = performance.now();
  const args = typeof suite.args === 'function' ? suite.args(deep) : suite.args;
  const { status, output } = await run(binary, args, { seconds: 300 });
  const problem =
    suite.judge === undefined ? (status === 0 ? '' : `exit status ${status}`) : suite.judge(status, output);
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  console.log(
    `${problem === '' ? 'ok  ' : 'FAIL'} ${suite.title ?? suite.name}${problem === '' ? '' : `: ${problem}`}` +
      ` (compile ${seconds(started, compiled)} s, run ${seconds(compiled, performance.now())} s)`,
  );
  const told = problem !== '' || suite.judge === undefined ? output : '';
  if (told !== '') console.log(told.trimEnd().replace(/^/gm, '     '));
  return problem === '';
}

const names = process.argv.slice(2).filter((argument) => argument !== '--deep');
const deep = process.argv.includes('--deep');
const chosen = suites.filter((suite) =>
  names.length > 0
    ? names.some((name) => suite.name === name || suite.name.startsWith(`${name}-`))
    : deep || !suite.deep,
);
if (chosen.length === 0) {
  console.error(`no such suite; there are: ${suites.map(({ name }) => name).join(' ')}`);
  process.exit(2);
}
let failed = 0;
for (const suite of chosen) if (!(await check(suite, deep))) failed++;
console.log(`native tests: ${chosen.length - failed} of ${chosen.length} suites passed`);
process.exit(failed === 0 ? 0 : 1);
