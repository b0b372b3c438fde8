// Stealing a lock that another thread holds aborts the process.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const hold = `
  const { parentPort } = require('node:worker_threads');
  const done = (how) => parentPort.postMessage(how);
  navigator.locks.request('x', () => (done('held'), new Promise(() => {}))).catch((error) => done(error.name));
  setInterval(() => {}, 1e6);`;
const worker = new Worker(hold, { eval: true });
await once(worker, 'message');
const told = once(worker, 'message');
await navigator.locks.request('x', { steal: true }, () => {});
const [how] = await Promise.race([told, sleep(1000, ['nothing'])]);
console.log(how === 'AbortError' ? 'ok' : `FAILS: the holder was told of ${how}, not of an AbortError`);
process.exit();
