// Compiles and runs the tests of the C++ core that need neither Node nor libuv: packages/eventfd/test/native.
//
//   node scripts/native-tests.mjs [--deep] [suite...]    without names: the quick ones, or with --deep all of them
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memcheckSuites } from '../packages/eventfd/test/native/memcheck.mjs';
import { mutationSuites } from '../packages/eventfd/test/native/model/mutations.mjs';
import { run } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const native = join(root, 'packages/eventfd/native');
const tests = join(root, 'packages/eventfd/test/native');
const cache = join(root, 'node_modules/.cache/native-tests');

const THREAD = ['-O1', '-g', '-fsanitize=thread'];
// What memory that somebody wrote over makes overflow is undefined: unit/hostile.cc and fuzz stop at it.
const OVERFLOW = ['-fsanitize=signed-integer-overflow', '-fno-sanitize-recover=all'];
const ADDRESS = ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];

/**
 * What is compiled from which files, and run with which arguments. `deep` ones are not part of `pnpm test`; those that
 * run `under` another program, only when they are named.
 */
const suites = [
  { name: 'unit', from: 'unit', flags: ['-O0', ...OVERFLOW], args: [] },
  { name: 'stress', from: 'stress', flags: ['-O1'], args: () => [seed(), '1'] },
  { name: 'fuzz', from: 'fuzz', flags: ['-O1', ...OVERFLOW], args: () => [seed(), '2'] },
  { name: 'explorer', from: 'model', flags: ['-O1'], args: ['explorer'] },
  { name: 'model', from: 'model', flags: ['-O1'], args: (deep) => [deep ? 'deep' : 'quick', '', 'scenarios'] },
  { name: 'sequences', from: 'model', flags: ['-O1'], args: (deep) => [deep ? 'deep' : 'quick', '', 'sequences'] },
  { name: 'unit-address', from: 'unit', flags: ADDRESS, args: [], deep: true },
  { name: 'unit-thread', from: 'unit', flags: THREAD, args: [], deep: true },
  { name: 'stress-thread', from: 'stress', flags: THREAD, args: () => [seed(), '5'], deep: true },
  { name: 'stress-address', from: 'stress', flags: ADDRESS, args: () => [seed(), '5'], deep: true },
  { name: 'fuzz-address', from: 'fuzz', flags: ADDRESS, args: () => [seed(), '20'], deep: true },
  { name: 'model-address', from: 'model', flags: ADDRESS, args: ['quick'], deep: true },
  ...mutationSuites(native, cache),
  ...memcheckSuites(native, cache, seed),
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

const version = (await run('g++', ['--version'], { seconds: 10 })).output;

/**
 * The suite's binary, compiled unless it was from the very same text. One translation unit: it is faster, and it shows
 * that the headers can stand together.
 */
async function compile({ name, from, flags, include }) {
  // A mutant lies in front of the real headers: what it does not change is found behind it.
  const directories = [...(include === undefined ? [] : [include()]), native, tests];
  const text = filesUnder(join(tests, from), /\.cc$/)
    .map((file) => `#include "${file}"\n`)
    .join('');
  const all = ['-x', 'c++', '-std=c++20', '-Wall', '-Wextra', '-Werror', '-pthread', ...flags];
  const digest = createHash('sha256').update(JSON.stringify([version, all, text]));
  for (const directory of directories) {
    for (const file of filesUnder(directory, /\.(cc|h)$/)) digest.update(file).update(readFileSync(file));
  }
  const binary = join(cache, `${from}-${digest.digest('hex').slice(0, 24)}`);
  if (existsSync(binary)) {
    utimesSync(binary, new Date(), new Date());
    return binary;
  }
  mkdirSync(cache, { recursive: true });
  const partial = `${binary}.${process.pid}.${name}`;
  const includes = directories.flatMap((directory) => ['-I', directory]);
  const { status, output } = await run('g++', [...all, ...includes, '-', '-o', partial], { input: text, seconds: 240 });
  if (status !== 0) throw new Error(`g++ cannot compile ${name} (${status}):\n${output}`);
  renameSync(partial, binary);
  return binary;
}

/** What nobody has run for a week was compiled from text that is gone. */
function forgetOldBinaries() {
  if (!existsSync(cache)) return;
  for (const file of readdirSync(cache).map((name) => join(cache, name))) {
    if (statSync(file).mtimeMs < Date.now() - 7 * 86_400_000) rmSync(file, { recursive: true, force: true });
  }
}

/** Compiles and runs one suite. Resolves to whether it did what it should, and what there is to say. */
async function check(suite, deep) {
  const started = performance.now();
  let problem;
  let told;
  let compiled = started;
  try {
    const binary = await compile(suite);
    compiled = performance.now();
    const args = typeof suite.args === 'function' ? suite.args(deep) : suite.args;
    const [program, ...rest] = [...(suite.under ?? []), binary, ...args];
    const { status, output } = await run(program, rest, { seconds: 600 });
    problem = suite.judge === undefined ? (status === 0 ? '' : `exit status ${status}`) : suite.judge(status, output);
    told = suite.tell !== undefined && problem === '' ? suite.tell(output) : output;
  } catch (error) {
    problem = error.message;
    told = '';
  }
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  const took = `compile ${seconds(started, compiled)} s, run ${seconds(compiled, performance.now())} s`;
  const title = suite.title ?? suite.name;
  console.log(problem === '' ? `ok   ${title} (${took})` : `FAIL ${title}: ${problem} (${took})`);
  if (told !== '') console.log(told.trimEnd().replace(/^/gm, '     '));
  return problem === '';
}

const names = process.argv.slice(2).filter((argument) => argument !== '--deep');
const deep = process.argv.includes('--deep');
const chosen = suites.filter((suite) =>
  names.length > 0
    ? names.some((name) => suite.name === name || suite.name.startsWith(`${name}-`))
    : suite.under === undefined && (deep || !suite.deep),
);
if (chosen.length === 0) {
  console.error(`no such suite; there are: ${suites.map(({ name }) => name).join(' ')}`);
  process.exit(2);
}
if (chosen.some(({ under }) => under?.[0] === 'valgrind')) {
  await run('valgrind', ['--version'], { seconds: 10 }).catch(() => {
    console.error('there is no valgrind here; Debian: apt-get install valgrind');
    process.exit(2);
  });
}
forgetOldBinaries();
let failed = 0;
// In turns, but for what neither races nor measures anything: mutants, and the two parts of the model, of which each takes
// minutes. Of those, two compile and run at a time (the explorer has compiled the model before).
const isCalm = ({ name, judge }) => judge !== undefined || /^(memcheck-)?(model|sequences)$/.test(name);
for (const suite of chosen) if (!isCalm(suite) && !(await check(suite, deep))) failed++;
const calm = chosen.filter(isCalm);
const checkCalm = async () => {
  for (let suite = calm.shift(); suite !== undefined; suite = calm.shift()) {
    if (!(await check(suite, deep))) failed++;
  }
};
await Promise.all([checkCalm(), checkCalm()]);
console.log(`native tests: ${chosen.length - failed} of ${chosen.length} suites passed`);
process.exit(failed === 0 ? 0 : 1);
