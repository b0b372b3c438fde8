// The pnpm that runs this script, or else the one that package.json names.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);

/** Runs pnpm and gives what it printed on stdout. Throws with everything it printed when it fails. */
export function pnpm(args, cwd) {
  const { npm_execpath: running = '' } = process.env;
  const command = /pnpm[^/]*$/.test(running)
    ? [process.execPath, running]
    : ['npx', '--yes', JSON.parse(readFileSync(manifest, 'utf8')).packageManager];
  const [file, ...first] = command;
  const { status, stdout, stderr, error } = spawnSync(file, [...first, ...args], { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`pnpm ${args.join(' ')}: ${error?.message ?? `status ${status}\n${stdout}${stderr}`}`);
}

/** Packs the package in `folder`, as it would be published, into the folder `target`; the tarball's path. */
export function pack(folder, target) {
  return JSON.parse(pnpm(['pack', '--json', '--pack-destination', target], folder)).filename;
}
