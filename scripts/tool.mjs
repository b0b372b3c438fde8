// `node scripts/tool.mjs knip ...`: runs one of the tools that scripts/tools/package.json pins. They are 130 MB that only
// contributors need, so they are no part of the workspace: they are installed here, by their own lockfile, at first use.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusive } from '../packages/eventfd/scripts/exclusive.mjs';
import { pnpm } from './pnpm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = join(root, 'scripts/tools');

/** Installs the tools unless what is installed is what the lockfile says. */
export async function installTools() {
  const lockfile = readFileSync(join(home, 'pnpm-lock.yaml'), 'utf8');
  const installed = join(home, 'node_modules/.lockfile-of-these.yaml');
  const isCurrent = () => existsSync(installed) && readFileSync(installed, 'utf8') === lockfile;
  if (isCurrent()) return;
  await exclusive(`tools ${home}`);
  if (isCurrent()) return;
  console.log('tools: installing what scripts/tools/package.json lists');
  pnpm(['install', '--frozen-lockfile', '--ignore-workspace', '--ignore-scripts'], home);
  writeFileSync(installed, lockfile);
}

/** Runs a tool in `cwd`; its exit status. `installTools` comes first. */
export function runTool(name, args, { cwd = root, stdio = 'inherit' } = {}) {
  return spawnSync(join(home, 'node_modules/.bin', name), args, { cwd, stdio, encoding: 'utf8' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...args] = process.argv.slice(2);
  await installTools();
  process.exitCode = runTool(name, args).status ?? 1;
}
