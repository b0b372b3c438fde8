import { spawn } from 'node:child_process';

/** Runs a program, for so many seconds at most; resolves to its exit status and what it printed. */
export function run(command, args, { input, seconds, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      env,
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status: status ?? `killed by ${signal}`, output }));
    // A program that ends before it has read all says why itself.
    child.stdin?.on('error', () => {}).end(input);
  });
}
