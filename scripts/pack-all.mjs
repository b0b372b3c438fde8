// `pnpm pack:all [--release]`: the three tarballs as they would be published, into dist-tarballs/, and a look into each.
// A release must have every binary; for any other purpose the one for this machine will do.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pnpm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'dist-tarballs');
const release = process.argv.includes('--release');

function fail(reason) {
  console.error(`pack: ${reason}`);
  process.exit(1);
}

function run(command, args, cwd = root) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) fail(`${basename(command)} ${args.join(' ')}: ${error?.message ?? `status ${status}\n${stdout}`}`);
  return stdout;
}

/** What must be in a tarball for it to work without a compiler, and what must not. */
function examine(tarball, wanted) {
  const files = run('tar', ['-tf', tarball]).trim().split('\n');
  const manifest = JSON.parse(run('tar', ['-xOf', tarball, 'package/package.json']));
  const entries = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? entry : Object.values(entry),
  );
  for (const file of ['./README.md', './LICENSE', ...entries, ...wanted])
    if (!files.includes(join('package', file))) fail(`${basename(tarball)} lacks ${file}`);
  for (const file of files)
    if (/tsbuildinfo|\/(test|build|node_modules|\.cache)\//.test(file)) fail(`${basename(tarball)} contains ${file}`);
  if (release && /OWNER/.test(JSON.stringify(manifest) + run('tar', ['-xOf', tarball, 'package/README.md'])))
    fail(`${basename(tarball)}: package.json and README.md do not say where the repository is yet`);
  if (JSON.stringify(manifest).includes('workspace:')) fail(`${basename(tarball)} depends on a workspace`);
  const kilobytes = Math.round(readFileSync(tarball).length / 1000);
  console.log(`pack: dist-tarballs/${basename(tarball)}, ${files.length} files, ${kilobytes} kB`);
}

const notes = readdirSync(join(root, '.changeset')).filter((file) => /(?<!^README)\.md$/.test(file));
if (release && notes.length > 0)
  fail(`these are not in a version yet: ${notes.join(', ')}. \`version:next\` makes one`);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const { status } = spawnSync(
  process.execPath,
  ['packages/eventfd/scripts/prebuild.mjs', ...(release ? ['--release'] : [])],
  { cwd: root, stdio: 'inherit' },
);
if (status !== 0) process.exit(1);

const architectures = release ? ['x64', 'arm64'] : [process.arch];
const binaries = architectures.map((arch) => `./prebuilds/linux-${arch}/eventfd.node`);
examine(pack(join(root, 'packages/eventfd'), target), [
  ...binaries,
  './native/binding.gyp',
  './native/module.cc',
  './scripts/gyp.mjs',
]);
examine(pack(join(root, 'packages/semaphore'), target), []);
// A thread imports them by their address: no export names them.
const loaded = ['keeper/worker', 'machine/engine', 'postgres/engine', 'redis/engine'];
examine(
  pack(join(root, 'packages/lease'), target),
  loaded.map((module) => `./lib/${module}.js`),
);
