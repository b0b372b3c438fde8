// Other Nodes: what the test matrix and the bench run on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
const platform = `node-linux-${process.arch}`;

/** The binary of the newest release of `major`, from the package that carries it; kept until node_modules is removed. */
export function nodeOf(major) {
  const kept = join(cache, `node-${major}`);
  const binary = join(kept, 'node_modules', platform, 'bin/node');
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'installing-'));
  const flags = [
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--no-update-notifier',
  ];
  const here = ['--prefix', fresh, '--cache', join(fresh, '.npm'), '--logs-max=0', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', `${platform}@${major}`, ...flags, ...here], {
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
