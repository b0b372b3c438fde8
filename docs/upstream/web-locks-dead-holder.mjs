// A lock whose holder's worker is terminated is freed, but the request that waits for it is never granted.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const hold = `
  const { parentPort } = require('node:worker_threads');
  navigator.locks.request('x', () => (parentPort.postMessage('held'), new Promise(() => {})));
  setInterval(() => {}, 1e6);`;
const worker = new Worker(hold, { eval: true });
await once(worker, 'message');
let granted = false;
navigator.locks.request('x', () => (granted = true));
await sleep(100);
await worker.terminate();
await sleep(1000);
console.log(granted ? 'ok' : "FAILS: not granted a second after the holder's end");
process.exit();
