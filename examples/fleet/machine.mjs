// A machine of the fleet: a cluster of two processes. Each leases from the limit that the fleet shares, and has a pool whose workers are
// given the semaphore.
import cluster from 'node:cluster';
import { lease } from '@eventfd/lease';
import { postgres } from '@eventfd/lease/postgres';
import { Piscina } from 'piscina';

const { connection, limit, tasks } = JSON.parse(process.argv[2]);
const PROCESSES = 2;
const WORKERS = 4;

if (cluster.isPrimary) {
  for (let i = 0; i < PROCESSES; i++) cluster.fork();
} else {
  const engine = limit && postgres({ options: limit.options, createTable: true });
  const connections = limit && (await lease('connections', { permits: limit.permits, ttl: 2000, engine }));
  const pool = new Piscina({
    filename: new URL('worker.mjs', import.meta.url).href,
    workerData: { connection, connections: connections?.semaphore },
    minThreads: WORKERS,
    maxThreads: WORKERS,
  });
  const each = Array.from({ length: tasks / PROCESSES }, async () => {
    process.stdout.write(`${JSON.stringify(await pool.run())}\n`);
  });
  await Promise.all(each);
  await pool.destroy();
  await connections?.close();
  cluster.worker.disconnect();
}
