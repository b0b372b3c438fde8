// libFuzzer on the waiting room's core, over memory that is written over meanwhile: packages/eventfd/test/native/fuzz.
//
//   node scripts/fuzz.mjs [--minutes N] [file...]    for N minutes (10); with files, those inputs only
//
// What it learns stays in node_modules/.cache/fuzz/corpus, and the next run begins with it. An input that breaks
// something is kept beside it, and printed.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const native = join(root, 'packages/eventfd/native');
const tests = join(root, 'packages/eventfd/test/native');
const cache = join(root, 'node_modules/.cache/fuzz');
const corpus = join(cache, 'corpus');
const binary = join(cache, 'fuzz');

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' } },
  allowPositionals: true,
});
const seconds = Math.round(Number(values.minutes) * 60);
if (!(seconds > 0)) fail(`--minutes must be a number above 0, not ${values.minutes}`, 2);

function fail(message, status) {
  console.error(message);
  process.exit(status);
}

/** Runs a program whose output is ours. Its exit status. */
function run(command, args) {
  return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;
}

/** The newest clang++ there is, if it comes with libFuzzer. */
function findClang() {
  const names = ['clang++-19', 'clang++', ...[20, 18, 17, 16].map((version) => `clang++-${version}`)];
  const program = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }';
  const flags = ['-fsanitize=fuzzer,address,undefined', '-x', 'c++', '-', '-o', '/dev/null'];
  const found = names.find((name) => spawnSync(name, flags, { input: program }).status === 0);
  if (found !== undefined) return found;
  const message =
    'No clang++ with libFuzzer was found. On Debian 12 and newer: apt-get install clang-19 libclang-rt-19-dev';
  return fail(message, 2);
}

mkdirSync(corpus, { recursive: true });
const flags = ['-std=c++20', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-pthread', '-DEFD_LIBFUZZER'];
const sanitizers = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
const source = join(tests, 'fuzz/main.cc');
if (run(findClang(), [...flags, ...sanitizers, '-I', native, '-I', tests, source, '-o', binary]) !== 0) {
  fail('the fuzz target does not compile', 1);
}
const limits = ['-timeout=10', '-rss_limit_mb=2048', `-artifact_prefix=${cache}/`];
// From the first moment inputs of the full length: short ones get nowhere.
const search = ['-max_len=1000', '-len_control=0', `-max_total_time=${seconds}`, '-print_final_stats=1', corpus];
process.exit(run(binary, [...limits, ...(positionals.length > 0 ? positionals : search)]));
