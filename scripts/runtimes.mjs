// What other runtimes than Node make of the packages, with the very binary that Node loads: `pnpm test:runtimes`.
//
//   Bun    experimental: goes through the same steps as Node (packages/semaphore/test/fixtures/runtimes.mjs)
//   Deno   is refused on import, by a sentence and an exit code, and does not crash
//   s390x  the same; qemu-user runs Node there, with Debian's C and C++ libraries for it (libstdc++6-s390x-cross)
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bunOf, denoOf, foreignNodeOf } from './nodes.mjs';
import { run } from './run.mjs';

const fixture = fileURLToPath(new URL('../packages/semaphore/test/fixtures/runtimes.mjs', import.meta.url));
const VERSIONS = { bun: '1.4.5', deno: '2.9.6', s390x: '20.11.0' };

/** What is wrong with how it ended; empty when nothing is. */
function passes({ status, output }) {
  const told = /^\{"passed":.*\}$/m.exec(output)?.[0];
  if (status !== 0 || told === undefined) return `exit status ${status}`;
  const { passed, of } = JSON.parse(told);
  return passed.length === of && of > 5 ? '' : `${passed.length} of ${of} steps`;
}

const isRefused =
  (sentence) =>
  ({ status, output }) => {
    if (status !== 1) return `exit status ${status}, not 1`;
    return sentence.test(output) && output.includes('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM') ? '' : 'it does not say why';
  };

const QEMU = 'qemu-s390x';
const libraries = '/usr/s390x-linux-gnu';
const hasQemu = spawnSync(QEMU, ['--version']).status === 0 && existsSync(`${libraries}/lib/libstdc++.so.6`);

const runtimes = [
  { name: `Node ${process.version}`, find: () => process.execPath, args: [fixture], judge: passes },
  { name: `Bun ${VERSIONS.bun}`, find: () => bunOf(VERSIONS.bun), args: [fixture], judge: passes },
  {
    name: `Deno ${VERSIONS.deno}`,
    find: () => denoOf(VERSIONS.deno),
    args: ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock', fixture],
    judge: isRefused(/eventfd does not run in Deno .* Node/),
  },
  {
    name: `Node ${VERSIONS.s390x} on s390x`,
    find: () => (hasQemu ? foreignNodeOf('s390x', VERSIONS.s390x) : undefined),
    run: (node) => [QEMU, ['-L', libraries, node, fixture]],
    missing: 'it needs qemu-user and libstdc++6-s390x-cross (Debian)',
    judge: isRefused(/eventfd does not run on s390x: .* little-endian/),
  },
];

const [only = ''] = process.argv.slice(2);
const chosen = runtimes.filter(({ name }) => name.toLowerCase().startsWith(only.toLowerCase()));
if (chosen.length === 0) throw new Error(`there is no runtime whose name begins with ${only}`);

let failed = 0;
for (const { name, find, args, run: how = (binary) => [binary, args], missing, judge } of chosen) {
  const started = performance.now();
  const binary = find();
  const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  const ended = binary === undefined ? undefined : await run(...how(binary), { seconds: 100, env });
  const problem = ended === undefined ? (missing ?? 'it cannot be had from the registry') : judge(ended);
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(problem === '' ? `ok   ${name} (${took})` : `FAIL ${name}: ${problem} (${took})`);
  if (problem !== '') {
    console.log(ended?.output.trimEnd().replace(/^/gm, '     ') ?? '');
    failed++;
  }
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
