// What compiling the addon for another system takes, whichever it is. The flags are those of native/binding.gyp.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sources } from '../../packages/eventfd/native/sources.cjs';
import { headersOfThisNode } from '../../packages/eventfd/scripts/gyp.mjs';
import { run } from '../run.mjs';

const root = fileURLToPath(new URL('../../packages/eventfd', import.meta.url));

const DEFINES = [
  'NAPI_VERSION=9',
  'NODE_ADDON_API_DISABLE_DEPRECATED',
  'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  'BUILDING_NODE_EXTENSION',
];

/** The folder in which the binary for `platform` (`darwin-arm64`) is made; it is not the checkout's own build. */
export function folderOf(platform) {
  const folder = join(root, '.cache/cross', platform);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a tool; what it printed. Throws with that when it fails. */
export async function must(command, args, env) {
  const { status, output } = await run(command, args, { seconds: 170, env: { ...process.env, ...env } });
  if (status === 0) return output;
  throw new Error(`${command} ended with ${status}\n${output.trimEnd().replace(/^/gm, '     ')}`);
}

/**
 * Compiles each file of the addon for `os`, as gyp calls it, two at a time; the objects' paths. `compiler` is a command
 * and its first arguments.
 */
export async function compileAll({ os, folder, compiler, defines = [], env }) {
  const headers = headersOfThisNode() ?? process.env.npm_config_nodedir;
  if (headers === undefined) throw new Error(`the headers of Node ${process.version} are not beside its binary`);
  const flags = ['-std=c++20', '-O2', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-fvisibility=hidden'];
  const include = [join(headers, 'include/node'), join(root, 'node_modules/node-addon-api'), join(root, 'native')];
  const [command, ...first] = compiler;
  // Of others' headers no warnings.
  const all = [...first, ...flags, ...[...DEFINES, ...defines].map((each) => `-D${each}`)];
  all.push('-isystem', include[0], '-isystem', include[1], '-I', include[2]);
  const left = sources(os);
  const objects = left.map((file) => join(folder, `${file.replaceAll('/', '-')}.o`));
  const todo = left.map((file, i) => [...all, '-c', join(root, 'native', file), '-o', objects[i]]);
  const next = async () => {
    for (let args = todo.shift(); args !== undefined; args = todo.shift()) await must(command, args, env);
  };
  await Promise.all([next(), next()]);
  return objects;
}
