// How node-gyp is run, by a checkout's build and by an install that finds no binary.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const tools =
  { win32: 'Visual Studio 2022 with its clang-cl', darwin: "Xcode's command line tools" }[process.platform] ??
  'g++ 11 or newer (C++20), make';

export const needs =
  `It needs ${tools}, python3, and the headers of ` +
  `Node ${process.version}: beside its binary, in the folder npm_config_nodedir names, or from nodejs.org`;

/** The folder that holds include/node of the running version, if this Node was installed with its headers. */
export function headersOfThisNode() {
  const prefix = resolve(dirname(process.execPath), '..');
  const header = join(prefix, 'include/node/node_version.h');
  if (!existsSync(header)) return undefined;
  const text = readFileSync(header, 'utf8');
  const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  const version = ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.');
  return version === process.versions.node ? prefix : undefined;
}

/**
 * Compiles the addon whose sources are in `folder`/native, into `folder`/build/Release/eventfd.node, with the node-gyp at
 * `gyp`. False when that failed. The gyp file does not lie where package managers look for one: they would run it.
 */
export function compile(gyp, folder, { args = [], env = {} } = {}) {
  const cwd = join(folder, 'build');
  mkdirSync(join(cwd, 'Release'), { recursive: true });
  copyFileSync(join(folder, 'native/binding.gyp'), join(cwd, 'binding.gyp'));
  const command = [gyp, 'configure', 'build', '--jobs=max', '--loglevel=error', ...args];
  // Without either, node-gyp downloads the headers of the running version.
  const nodedir = headersOfThisNode() ?? process.env.npm_config_nodedir;
  if (nodedir) command.push(`--nodedir=${nodedir}`);
  // binding.gyp runs `node`: let there be one, without changing which compiler comes first.
  const path = [process.env.PATH, dirname(process.execPath)].join(delimiter);
  const options = { cwd, env: { ...process.env, ...env, PATH: path }, stdio: ['ignore', 'ignore', 'inherit'] };
  if (spawnSync(process.execPath, command, options).status !== 0) return false;
  copyFileSync(join(cwd, 'build/Release/eventfd.node'), join(cwd, 'Release/eventfd.node'));
  return true;
}
