// A Redis server of our own: on a free port of the loopback, its data in a temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tied } from './tied.mjs';

export function hasRedis() {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** `persistent`: what was written survives a kill. `replicaOf`: a port. */
export async function startRedis({ port, persistent = false, folder, password, replicaOf } = {}) {
  const home = folder ?? mkdtempSync(join(tmpdir(), 'lease-redis-'));
  const at = port ?? (await freePort());
  const args = ['--port', `${at}`, '--bind', '127.0.0.1', '--dir', home, '--save', '', '--loglevel', 'notice'];
  args.push('--appendonly', persistent ? 'yes' : 'no', '--appendfsync', 'always', '--repl-diskless-sync-delay', '0');
  if (password !== undefined) args.push('--requirepass', password);
  if (replicaOf !== undefined) args.push('--replicaof', `127.0.0.1 ${replicaOf}`);
  const server = spawn(...tied('redis-server', args), { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(server, 'exit');
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const said = [];
  await new Promise((resolve, reject) => {
    createInterface(server.stdout).on('line', (line) => {
      said.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${said.join('\n')}`)));
  });
  return {
    port: at,
    folder: home,
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${at}`,
    pid: server.pid,
    command(...args) {
      const { stdout, stderr, status } = spawnSync('redis-cli', ['-p', `${at}`, ...args], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`redis-cli: ${stderr}`);
      return stdout.trim();
    },
    /** Keys that are there. */
    left() {
      return this.command('KEYS', '*');
    },
    signal: (signal) => server.kill(signal),
    /** Ends it, as kill -9 does; what it wrote stays in the folder. */
    async kill() {
      kill();
      server.kill('SIGCONT');
      await exited;
      process.off('exit', kill);
    },
    async stop() {
      await this.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
