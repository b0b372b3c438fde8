// What npm runs on install, where it may: a published package brings binaries for x64 and arm64 along, so this only
// looks. Elsewhere it compiles. (Without an `install` script of the package's own, pnpm and npm would see binding.gyp and
// run node-gyp whatever there is.)
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, needs } from './gyp.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const platform = `${process.platform}-${process.arch}`;

function fail(reason) {
  console.error(`eventfd: ${reason}.`);
  process.exit(1);
}

/** Whether there is a binary that loads here: of this system, this C library, and one that is not too old for it. */
function loads() {
  try {
    require('node-gyp-build')(root);
    return true;
  } catch {
    return false;
  }
}

/** npm and pnpm name the node-gyp they bring along; a dependency on it would cost everybody what few need. */
function findNodeGyp() {
  if (process.env.npm_config_node_gyp) return process.env.npm_config_node_gyp;
  try {
    return require.resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

function install() {
  if (process.platform !== 'linux') fail(`eventfd(2) is a system call of Linux; there is none on ${platform}`);
  const fromSource = process.env.npm_config_build_from_source;
  if (fromSource !== 'true' && fromSource !== 'eventfd' && loads()) return;
  const gyp = findNodeGyp();
  const failed = `there is no binary for ${platform} and its C library in this package, and compiling it here failed`;
  if (gyp === undefined) fail(`${failed}: node-gyp was not found; install it with npm, which brings one`);
  if (!compile(gyp, root)) fail(`${failed} (see above). ${needs}`);
  if (!loads()) fail(`${failed}: what was compiled does not load`);
}

// A checkout builds with scripts/build.mjs; it alone has this file.
if (!existsSync(join(root, 'tsconfig.json'))) install();
