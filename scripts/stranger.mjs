// What a stranger has: an empty folder, an empty HOME, npm and its registry. For prove-install and runners.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The tarballs that `pnpm pack:all` has made. */
export const tarballs = readdirSync(join(root, 'dist-tarballs')).map((file) => join(root, 'dist-tarballs', file));

export const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

export function find(command, path = process.env.PATH) {
  return path
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find(existsSync);
}

/** npm-cli.js of the npm on PATH. */
export const hostNpm = realpathSync(find('npm'));

/** A folder that is gone when this process ends. */
export function temporaryFolder(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An environment with an empty HOME in `folder`, this PATH, and what reaching the registry takes. */
export function environment(folder, path) {
  mkdirSync(join(folder, 'home'), { recursive: true });
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(https?_proxy|no_proxy|npm_config_(registry|https?_proxy|noproxy|cafile|cache)|NODE_EXTRA_CA_CERTS)$/i.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: join(folder, 'home'), PATH: path, NO_COLOR: '1' };
}

export function run(node, args, cwd, env, timeout = 300_000) {
  const { status, signal, stdout, stderr } = spawnSync(node, args, { cwd, env, encoding: 'utf8', timeout });
  return { status: status ?? signal, output: `${stdout}${stderr}`, stdout, stderr };
}
