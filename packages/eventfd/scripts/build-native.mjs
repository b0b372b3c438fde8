// Builds the addon with node-gyp, and only when something it is made of changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusive } from './exclusive.mjs';

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

/** The folder that holds include/node of the running version, if this Node was installed with its headers. */
function headersOfThisNode() {
  const prefix = resolve(dirname(process.execPath), '..');
  const header = join(prefix, 'include/node/node_version.h');
  if (!existsSync(header)) return undefined;
  const text = readFileSync(header, 'utf8');
  const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.');
  return version === process.versions.node ? prefix : undefined;
}

function build() {
  const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const args = [gyp, 'configure', 'build', '--jobs=max', '--loglevel=error'];
  // Without either, node-gyp downloads the headers of the running version.
  const nodedir = headersOfThisNode() ?? process.env.npm_config_nodedir;
  if (nodedir) args.push(`--nodedir=${nodedir}`);
  // binding.gyp runs `node`: let there be one, without changing which compiler comes first.
  const env = { ...process.env, PATH: [process.env.PATH, dirname(process.execPath)].join(delimiter) };
  return spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

await exclusive(`addon ${root}`);
const digest = digestOfSources();
if (!isUpToDate(digest)) {
  rmSync(stamp, { force: true });
  if (!build()) {
    console.error(
      'eventfd: the addon did not build (see above). It needs g++ 11 or newer (C++20), make, python3, and the headers of ' +
        `Node ${process.version}: beside its binary, in the folder npm_config_nodedir names, or from nodejs.org.`,
    );
    process.exit(1);
  }
  writeFileSync(stamp, `${digest} ${process.versions.modules}`);
}
