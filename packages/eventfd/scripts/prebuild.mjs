// Compiles the addon for others: `node scripts/prebuild.mjs [--release]` leaves prebuilds/linux-{x64,arm64}/ for the
// tarball, each checked by check-symbols.mjs; and beside them what lies in binaries/, of other systems, which were compiled
// there (.github/workflows/elsewhere.yml). The other architecture than this machine's needs Debian's cross compiler;
// without it that binary is left out, unless it is a release.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkSymbols } from './check-symbols.mjs';
import { compile, needs } from './gyp.mjs';
import { platformOf } from './platform-of.mjs';
import { stage } from './stage.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const release = process.argv.includes('--release');
const triplets = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

function fail(reason) {
  console.error(`prebuild: ${reason}`);
  process.exit(1);
}

const runs = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function prebuild(arch, prefix) {
  const folder = stage(root, `prebuild-${arch}`);
  const tools = { CC: `${prefix}gcc`, CXX: `${prefix}g++`, AR: `${prefix}ar`, LINK: `${prefix}g++` };
  if (!compile(gyp, folder, { args: [`--arch=${arch}`], env: tools })) fail(`linux-${arch} did not compile. ${needs}`);
  const target = join(root, 'prebuilds', `linux-${arch}`, 'eventfd.node');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(folder, 'build/Release/eventfd.node'), target);
  const { status } = spawnSync(`${prefix}strip`, ['--strip-unneeded', target], { stdio: 'inherit' });
  if (status !== 0) fail(`${prefix}strip failed`);
  const { problems, summary } = checkSymbols(target, arch);
  if (problems.length > 0) fail(`linux-${arch} would not load everywhere:\n  ${problems.join('\n  ')}`);
  console.log(`prebuild: linux-${arch}: ${summary}`);
}

// What a newer Node's headers declare may be missing in an older one.
if (release && !process.version.startsWith('v20.')) fail(`a release is compiled with the headers of Node 20`);
rmSync(join(root, 'prebuilds'), { recursive: true, force: true });
for (const [arch, triplet] of Object.entries(triplets)) {
  const prefix = arch === process.arch ? '' : `${triplet}-`;
  if (runs(`${prefix}g++`)) prebuild(arch, prefix);
  else {
    const missing = `no ${prefix}g++ here (Debian: apt-get install g++-${triplet.replace('_', '-')})`;
    if (release || prefix === '') fail(`linux-${arch}: ${missing}`);
    console.warn(`prebuild: linux-${arch} is left out: ${missing}; a release must have it`);
  }
}

const binaries = join(root, 'binaries');
for (const platform of existsSync(binaries) ? readdirSync(binaries).sort() : []) {
  const file = join(binaries, platform, 'eventfd.node');
  if (!/^(darwin|win32)-(x64|arm64)$/.test(platform)) fail(`binaries/ is for macOS and Windows, not for ${platform}`);
  const found = existsSync(file) ? platformOf(readFileSync(file)) : 'nothing';
  if (found !== platform) fail(`binaries/${platform}/eventfd.node is for ${found}`);
  mkdirSync(join(root, 'prebuilds', platform));
  copyFileSync(file, join(root, 'prebuilds', platform, 'eventfd.node'));
  console.log(`prebuild: ${platform}: as it was brought here`);
}
