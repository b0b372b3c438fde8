// A worker that waits for a lock ends, with exit code 0: a waiting request does not keep its loop alive.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const wait = `
  const { parentPort } = require('node:worker_threads');
  navigator.locks.request('x', () => parentPort.postMessage('granted'));`;
let release;
const held = navigator.locks.request('x', () => new Promise((resolve) => (release = resolve)));
const worker = new Worker(wait, { eval: true });
const ended = once(worker, 'exit').then(([code]) => `FAILS: it ended with code ${code} while its request waited`);
const granted = once(worker, 'message').then(() => 'ok');
setTimeout(release, 1000);
console.log(await Promise.race([ended, granted, held.then(() => granted)]));
process.exit();
