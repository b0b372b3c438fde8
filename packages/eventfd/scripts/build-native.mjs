// Builds the addon with node-gyp, and only when something it is made of changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusive } from './exclusive.mjs';
import { compile, needs } from './gyp.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const binary = join(root, 'build/Release/eventfd.node');
const stamp = join(root, 'build/sources.sha256');

function digestOfSources() {
  const hash = createHash('sha256').update(process.arch);
  const sources = readdirSync(join(root, 'native'), { recursive: true })
    .filter((file) => /\.(cc|h)$/.test(file))
    .sort()
    .map((file) => join('native', file));
  for (const file of ['package.json', 'binding.gyp', ...sources])
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** A binary made with an older Node's headers loads in every newer Node; the other way round nobody promises. */
function isUpToDate(digest) {
  if (!existsSync(binary) || !existsSync(stamp)) return false;
  const [built, abi] = readFileSync(stamp, 'utf8').split(' ');
  return built === digest && Number(abi) <= Number(process.versions.modules);
}

await exclusive(`addon ${root}`);
const digest = digestOfSources();
if (!isUpToDate(digest)) {
  rmSync(stamp, { force: true });
  if (!compile(createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js'), root)) {
    console.error(`eventfd: the addon did not build (see above). ${needs}.`);
    process.exit(1);
  }
  writeFileSync(stamp, `${digest} ${process.versions.modules}`);
}
