// A PostgreSQL server of our own: on a free port of the loopback, its data in a temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { freePort } from './redis.mjs';
import { tied } from './tied.mjs';

const DEBIAN = '/usr/lib/postgresql';

/** Where `initdb` and `postgres` are: where Debian and Ubuntu put them, or on the PATH. */
function binaries() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : [];
  const folders = [...versions.map((each) => join(DEBIAN, each, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.find((each) => ['initdb', 'postgres'].every((name) => existsSync(join(each, name))));
}

export function hasPostgres() {
  return binaries() !== undefined;
}

/** PostgreSQL refuses to run as root: then it runs as the system's own account for nobody. */
function account() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** `folder`: one that was used before, whose data are there still. */
export async function startPostgres({ port, folder } = {}) {
  const bin = binaries();
  const user = account();
  const home = folder ?? mkdtempSync(join(tmpdir(), 'lease-postgres-'));
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  const options = { ...user, cwd: home, env: { ...process.env, LC_ALL: 'C' } };
  if (folder === undefined) {
    const args = ['--pgdata=data', '--username=test', '--auth=trust', '--no-sync', '--encoding=UTF8'];
    const made = spawnSync(join(bin, 'initdb'), args, { ...options, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  }
  const at = port ?? (await freePort());
  const settings = {
    listen_addresses: '127.0.0.1',
    port: at,
    unix_socket_directories: '',
    max_connections: 60,
    fsync: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(...tied(join(bin, 'postgres'), ['-D', 'data', ...flags]), {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit');
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const said = [];
  await new Promise((resolve, reject) => {
    createInterface(server.stderr).on('line', (line) => {
      said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}:\n${said.join('\n')}`)));
  });
  return {
    port: at,
    folder: home,
    url: `postgres://test@127.0.0.1:${at}/postgres`,
    pid: server.pid,
    /** Rows that are there. */
    async left() {
      const client = new pg.Client(this.url);
      await client.connect();
      const { rows } = await client.query(
        'select name from eventfd_lease union all select member from eventfd_lease_member',
      );
      await client.end();
      return rows.map(({ name }) => name).join(' ');
    },
    signal: (signal) => server.kill(signal),
    /** Ends it at once, without a shutdown; it recovers what was committed when it is started in its folder again. */
    async kill() {
      server.kill('SIGCONT');
      server.kill('SIGQUIT');
      await exited;
      process.off('exit', kill);
    },
    async stop() {
      await this.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
