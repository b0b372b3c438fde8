// Builds the addon with node-gyp, and only when something it is made of changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** A folder with include/node of the running version, if this Node was installed with its headers. */
function headersOfThisNode() {
  const prefix = resolve(dirname(process.execPath), '..');
  const header = join(prefix, 'include/node/node_version.h');
  if (!existsSync(header)) return undefined;
  const text = readFileSync(header, 'utf8');
  const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.');
  return version === process.versions.node ? prefix : undefined;
}

function digestOfSources() {
  const hash = createHash('sha256').update(process.versions.modules);
  const sources = readdirSync(join(root, 'native'), { recursive: true })
    .filter((file) => /\.(cc|h)$/.test(file))
    .sort()
    .map((file) => join('native', file));
  for (const file of ['binding.gyp', ...sources]) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

const stamp = join(root, 'build/sources.sha256');
const binary = join(root, 'build/Release/eventfd.node');
const digest = digestOfSources();
if (existsSync(binary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) process.exit(0);

const nodedir = headersOfThisNode() ?? process.env.npm_config_nodedir;
const gyp = require.resolve('node-gyp/bin/node-gyp.js');
const args = [gyp, 'configure', 'build', '--jobs=max', '--loglevel=error'];
if (nodedir) args.push(`--nodedir=${nodedir}`);
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
if (status !== 0) {
  console.error('eventfd: the addon did not build; a C++20 compiler (g++ 11 or newer), make and python3 are needed');
  process.exit(1);
}
writeFileSync(stamp, digest);
