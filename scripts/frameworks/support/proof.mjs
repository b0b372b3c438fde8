// What the proofs share. Each prints what it has seen, and ends with 0 if that is what docs/works-with.md says.
import { deepEqual, equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { plain } from '../scenarios/scenarios.mjs';

/** Runs a program of this Node to its end; what it printed. Fails with that when it fails. */
export async function run(args, env = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const [code] = await once(child, 'close');
  equal(code, 0, `${args.join(' ')} ended with ${code}\n${output}`);
  return output;
}

/** Starts a program, and resolves when it has printed what `ready` matches. */
export async function start(args, { ready, ...options }) {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const isReady = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
        if (ready.test(output)) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}\n${output}`)));
  });
  await isReady;
  return { child, said: () => output };
}

/** A port that nobody listens at. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** That is what `work()` says in each of several processes that are there at once. */
export function checkWork(said, processes) {
  equal(new Set(said.map(({ pid }) => pid)).size, processes);
  for (const { passed, holds } of said) deepEqual([passed, holds], [Object.keys(plain), true]);
}
