// A machine of the fleet: a cluster of two processes. Each leases from the limit that the fleet shares, and has a pool whose workers are
// given the semaphore.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { lease } from '@eventfd/lease';
import { postgres } from '@eventfd/lease/postgres';
import { Latch } from '@eventfd/semaphore';
import { Piscina } from 'piscina';

const { connection, limit, tasks } = JSON.parse(process.argv[2]);
const PROCESSES = 2;
const WORKERS = 4;

if (cluster.isPrimary) {
  const processes = Array.from({ length: PROCESSES }, () => cluster.fork());
  await Promise.all(processes.map((child) => once(child, 'message')));
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  await once(process.stdin, 'data');
  process.stdin.destroy();
  for (const child of processes) child.send('go');
} else {
  const engine = limit && postgres({ options: limit.options, createTable: true });
  const connections = limit && (await lease('connections', { permits: limit.permits, ttl: 2000, engine }));
  const booted = new Latch(WORKERS);
  const pool = new Piscina({
    filename: new URL('worker.mjs', import.meta.url).href,
    workerData: { connection, connections: connections?.semaphore, booted },
    minThreads: WORKERS,
    maxThreads: WORKERS,
  });
  await booted.wait();
  process.send('ready');
  await once(process, 'message');
  const each = Array.from({ length: tasks / PROCESSES }, async () => {
    process.stdout.write(`${JSON.stringify(await pool.run())}\n`);
  });
  await Promise.all(each);
  await pool.destroy();
  await connections?.close();
  cluster.worker.disconnect();
}
