// A PostgreSQL server of our own, in a folder of its own, behind a Unix socket in it: no port, nothing left behind.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** PostgreSQL is not on this machine, or does not start. */
export class PostgresError extends Error {}

/** Where `initdb` and `postgres` are: on the PATH, or where Debian and Ubuntu put them. */
function binaries() {
  const path = (process.env.PATH ?? '').split(delimiter);
  const debian = process.env.HTTP_LIMIT_POSTGRES ?? '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...path];
  const folder = folders.find((each) => ['initdb', 'postgres'].every((name) => existsSync(join(each, name))));
  if (folder === undefined) throw new PostgresError('needs a PostgreSQL server; on Debian: apt-get install postgresql');
  return folder;
}

/** PostgreSQL refuses to run as root: then it runs as the system's own account for nobody. */
function account() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** Starts one that takes so many connections and no more. */
export async function startPostgres(maxConnections) {
  const bin = binaries();
  const user = account();
  const folder = mkdtempSync(join(tmpdir(), 'http-limit-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const options = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };

  const args = ['--pgdata=data', '--username=example', '--auth=trust', '--no-sync', '--encoding=UTF8'];
  const made = spawnSync(join(bin, 'initdb'), args, { ...options, encoding: 'utf8' });
  if (made.status !== 0) {
    remove();
    throw new PostgresError(`initdb failed: ${made.error?.message ?? made.stderr.trim()}`);
  }

  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    max_connections: maxConnections,
    superuser_reserved_connections: 0,
    fsync: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The kernel kills it as soon as we have ended, also when we are killed: setpriv(1).
  const command = ['--pdeathsig', 'KILL', '--', join(bin, 'postgres'), '-D', 'data', ...flags];
  const server = spawn('setpriv', command, {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stopped = new Promise((resolve) => server.once('exit', resolve));
  process.once('exit', () => {
    server.kill('SIGKILL');
    remove();
  });
  await ready(server);
  return {
    /** For the client: a host that is a folder is where the socket lies. */
    connection: { host: folder, user: 'example', database: 'postgres' },
    async stop() {
      server.kill('SIGINT'); // "fast": ends what connections there are
      await stopped;
    },
  };
}

async function ready(server) {
  const said = [];
  // Reads on to the end: a server whose stderr nobody reads stands still when the pipe is full.
  const lines = createInterface(server.stderr);
  await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new PostgresError(`PostgreSQL did not start: ${said.join('\n')}`)));
  });
}
