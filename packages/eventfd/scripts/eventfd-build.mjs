#!/usr/bin/env node
// `npx eventfd-build`: compiles the addon where this package is installed, for a machine that none of its binaries is for.
// Nothing runs it by itself: an install needs no compiler, and runs no script.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, needs } from './gyp.mjs';

const require = createRequire(import.meta.url);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const binary = join(root, 'build/Release/eventfd.node');

function fail(reason) {
  console.error(`eventfd-build: ${reason}.`);
  process.exit(1);
}

/** npm, npx and pnpm name the node-gyp they bring along; a dependency on it would cost everybody what few need. */
function findNodeGyp() {
  if (process.env.npm_config_node_gyp) return process.env.npm_config_node_gyp;
  try {
    return require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

if (process.argv.length > 2) fail('it takes no arguments. It compiles the addon of eventfd for this machine and Node');
const gyp = findNodeGyp();
if (gyp === undefined) fail('node-gyp was not found: run this by npx, or install node-gyp beside eventfd');
if (!compile(gyp, root)) fail(`compiling failed (see above). ${needs}`);
const loaded = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', binary], { encoding: 'utf8' });
if (loaded.status !== 0) fail(`what was compiled does not load: ${loaded.stderr.trim()}`);
console.log(`eventfd-build: compiled ${binary}`);
