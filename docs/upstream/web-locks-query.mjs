// query() lists the locks and requests of its own thread alone; a deadlock between threads cannot be seen.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const hold = `
  const { parentPort } = require('node:worker_threads');
  navigator.locks.request('x', () => (parentPort.postMessage('held'), new Promise(() => {})));
  setInterval(() => {}, 1e6);`;
const worker = new Worker(hold, { eval: true });
await once(worker, 'message');
const free = await navigator.locks.request('x', { ifAvailable: true }, (lock) => lock !== null);
const { held } = await navigator.locks.query();
console.log(
  held.length === 1 && !free
    ? 'ok'
    : `FAILS: the lock is ${free ? 'free' : 'held'}, and query() lists ${held.length} held`,
);
process.exit();
