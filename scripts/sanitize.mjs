// The addon inside Node under a sanitizer, with every class in use by several threads at once; first with bugs put in on
// purpose, each of which must be reported.
//
//   node scripts/sanitize.mjs thread|address
//
// Node itself is not compiled for it. So the sanitizer's library is loaded before all others, ThreadSanitizer is told to
// look at the addon alone, and what WebAssembly does is seen by neither: a second run without WebAssembly has the fast
// path in C++.
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusive } from '../packages/eventfd/scripts/exclusive.mjs';
import { compile, needs } from '../packages/eventfd/scripts/gyp.mjs';
import { mutate } from '../packages/eventfd/test/native/mutant.mjs';
import { run } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'packages/eventfd');
const cache = join(root, 'node_modules/.cache/sanitize');
const fixtures = join(root, 'packages/semaphore/test/fixtures');
/** What is run: every class in use; and the onlooker over arenas that are given up. */
const loads = {
  classes: (rounds, operations) => [join(fixtures, 'sanitize.mjs'), String(rounds), String(operations)],
  leaving: (rounds) => ['--expose-gc', join(fixtures, 'inspect-leaving.mjs'), String(8 * rounds), '50000'],
};
const gyp = createRequire(join(source, 'package.json')).resolve('node-gyp/bin/node-gyp.js');
const [major] = process.versions.node.split('.');

/** `bugs`: a mutation, the load that shows it, whether WebAssembly must be off for it to be seen, and what the report says. */
const sanitizers = {
  thread: {
    library: 'libtsan.so',
    flags: '-fsanitize=thread',
    env: { TSAN_OPTIONS: 'ignore_noninstrumented_modules=1' },
    bugs: [
      {
        name: 'a thread notes that it was signalled without its lock',
        file: 'native/core/waiter.h',
        find: '  void Heard() {\n    typename S::Lock lock(mutex_);',
        replace: '  void Heard() {',
        says: /data race/,
      },
      {
        name: 'a descriptor is attached without the lock of the registry',
        file: 'native/fd/registry.cc',
        find: 'Registry::Attach(int64_t id) {\n  std::lock_guard lock(mutex_);',
        replace: 'Registry::Attach(int64_t id) {',
        says: /data race/,
      },
      {
        name: 'the fast path writes its ledger with a plain store',
        file: 'native/core/fastpath.h',
        find: '  S::Store(slot, WrappingSub(held, permits));',
        replace: '  *slot = held - permits;',
        jitless: true,
        says: /data race/,
      },
    ],
  },
  address: {
    library: 'libasan.so',
    flags: '-fsanitize=address,undefined -fno-sanitize-recover=undefined',
    // V8 would take the signal of a bad access for itself.
    env: { ASAN_OPTIONS: 'detect_leaks=1:handle_segv=2', UBSAN_OPTIONS: 'print_stacktrace=1' },
    bugs: [
      {
        name: 'a handle is used after it was freed',
        file: 'native/loop/room_env.h',
        find: '    delete self;\n  }',
        replace: '    delete self;\n    self->waker_->Drain();\n  }',
        says: /heap-use-after-free/,
      },
      {
        name: 'permits are shifted out of the word',
        file: 'native/core/words.h',
        find: 'static_cast<int32_t>(static_cast<uint32_t>(permits) << kPermitShift)',
        replace: 'permits * 8 / 2',
        says: /runtime error: signed integer overflow/,
      },
      {
        name: "a thread's part in the waiting room is never freed",
        file: 'native/loop/room_env.h',
        find: '    delete self;\n  }',
        replace: '  }',
        says: /LeakSanitizer: detected memory leaks[\s\S]*in BindRoom/,
      },
      {
        name: 'inspect() does not look whether anybody keeps an arena',
        file: 'native/core/roster.h',
        find: '  bool WhileJoined(const Arena* arena, F f) {\n    Lock lock(mutex_);',
        replace:
          '  bool WhileJoined(const Arena* arena, F f) {\n    f();\n    if (arena != nullptr) return true;\n    Lock lock(mutex_);',
        load: 'leaving',
        says: /AddressSanitizer: SEGV/,
      },
    ],
  },
};

const kind = process.argv[2];
const sanitizer = sanitizers[kind];
if (sanitizer === undefined) {
  console.error(`node scripts/sanitize.mjs ${Object.keys(sanitizers).join('|')}`);
  process.exit(2);
}

/** What the addon is made of, in a folder of its own; a file that has not changed keeps its time, for make. */
function stage(bug) {
  const folder = join(cache, kind, 'build');
  const fresh = join(cache, kind, 'sources');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'native']) cpSync(join(source, file), join(fresh, file), { recursive: true });
  if (bug !== undefined) mutate(fresh, bug);
  const files = readdirSync(fresh, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(fresh.length + 1))
    .sort();
  const digest = createHash('sha256').update(`${sanitizer.flags} ${major}`);
  for (const file of files) {
    const text = readFileSync(join(fresh, file));
    digest.update(file).update(text);
    const target = join(folder, file);
    if (existsSync(target) && readFileSync(target).equals(text)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  for (const file of readdirSync(join(folder, 'native'), { recursive: true })) {
    if (!existsSync(join(fresh, 'native', file))) rmSync(join(folder, 'native', file), { recursive: true });
  }
  return { folder, digest: digest.digest('hex').slice(0, 24) };
}

/** A folder for EVENTFD_PREBUILD with the addon in it, compiled unless it was from the very same text. */
function build(bug) {
  const { folder, digest } = stage(bug);
  const built = join(cache, kind, digest);
  if (existsSync(built)) return built;
  // -O1 comes after the -O3 of node-gyp, and so counts.
  const flags = `-O1 -g -fno-omit-frame-pointer ${sanitizer.flags}`;
  const env = { CXXFLAGS: flags, LDFLAGS: sanitizer.flags, NODE_PATH: join(source, 'node_modules') };
  if (!compile(gyp, folder, { env })) throw new Error(`the addon did not build. ${needs}`);
  const partial = `${built}.partial`;
  mkdirSync(join(partial, 'build/Release'), { recursive: true });
  copyFileSync(join(folder, 'build/Release/eventfd.node'), join(partial, 'build/Release/eventfd.node'));
  cpSync(partial, built, { recursive: true });
  rmSync(partial, { recursive: true });
  return built;
}

const library = (await run('g++', [`-print-file-name=${sanitizer.library}`], { seconds: 10 })).output.trim();
if (!library.startsWith('/')) {
  console.error(`g++ has no ${sanitizer.library}; on Debian it comes with the package g++`);
  process.exit(2);
}

/** Runs the load over the addon in `folder`. */
function underSanitizer(folder, { load = 'classes', jitless = false, waker = 'eventfd', rounds, operations }) {
  const args = [...(jitless ? ['--jitless', '--no-warnings'] : []), ...loads[load](rounds, operations)];
  const env = { ...process.env, ...sanitizer.env, LD_PRELOAD: library, EVENTFD_PREBUILD: folder, EVENTFD_WAKER: waker };
  return run(process.execPath, args, { seconds: 180, env });
}

const REPORT = /ThreadSanitizer|AddressSanitizer|LeakSanitizer|runtime error/;

/** Says how it went; resolves to whether it went as it should. */
async function check(title, bug, options, judge) {
  const started = performance.now();
  let problem;
  let output = '';
  try {
    const result = await underSanitizer(build(bug), options);
    output = result.output;
    problem = judge(result);
  } catch (error) {
    problem = error.message;
  }
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(problem === '' ? `ok   ${title} (${took})` : `FAIL ${title}: ${problem} (${took})`);
  const told =
    problem === ''
      ? output
          .match(/^(sanitize|SUMMARY|\d+ looks).*$|runtime error.*$/gm)
          ?.slice(0, 2)
          .join('\n')
      : output;
  if (told) console.log(told.trimEnd().replace(/^/gm, '     '));
  return problem === '';
}

await exclusive(`sanitize ${root}`);
let failed = 0;
for (const bug of sanitizer.bugs) {
  const options = { load: bug.load, jitless: bug.jitless, rounds: 1, operations: 5000 };
  const judge = ({ status, output }) =>
    status === 0 ? 'not reported' : bug.says.test(output) ? '' : `reported as something else (${status})`;
  if (!(await check(`put in on purpose: ${bug.name}`, bug, options, judge))) failed++;
}
const runs = [
  { title: `the addon in Node ${process.version}`, options: { rounds: 4, operations: 40_000 } },
  { title: '... without WebAssembly', options: { jitless: true, rounds: 4, operations: 40_000 } },
  ...['pipe', 'async', 'futex'].map((waker) => ({
    title: `... its threads woken by the waker ${waker}`,
    options: { waker, rounds: 1, operations: 20_000 },
  })),
  { title: '... an onlooker over arenas that are given up', options: { load: 'leaving', rounds: 1 } },
];
for (const { title, options } of runs) {
  const judge = ({ status, output }) =>
    status !== 0 ? `exit status ${status}` : REPORT.test(output) ? 'a report, and no exit status' : '';
  if (!(await check(title, undefined, options, judge))) failed++;
}
const checks = sanitizer.bugs.length + runs.length;
console.log(`${kind}: ${checks - failed} of ${checks} as they should be`);
process.exit(failed === 0 ? 0 : 1);
