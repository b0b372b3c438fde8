// The server, in a process of its own: an HTTP request is a task for a pool of sixteen workers. argv[2] says how it is limited.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Semaphore } from '@eventfd/semaphore';
import { adapt } from '@eventfd/semaphore/limit';
import { limit } from '@eventfd/semaphore/piscina';
import { Piscina } from 'piscina';

const WORKERS = 16;
/** What each request carries along, while it waits and while it runs. */
const BYTES = 1024 * 1024;

const inside = new Int32Array(new SharedArrayBuffer(4));
const pool = new Piscina({
  filename: new URL('worker.mjs', import.meta.url).href,
  minThreads: WORKERS,
  maxThreads: WORKERS,
  execArgv: ['--no-experimental-require-module'], // docs/lifecycle.md
});
await Promise.all(Array.from({ length: WORKERS }, () => pool.run({ inside })));

const semaphore = new Semaphore(8, { name: 'backend' });
const ways = {
  pool: () => pool,
  limit: () => limit(pool, semaphore),
  adapted() {
    const limited = limit(pool, semaphore, { maxWaiting: 4, runTimeout: 1000, grace: 200 });
    adapt(limited, { min: 4, max: WORKERS, target: 260 });
    return limited;
  },
};
const runner = ways[process.argv[2]]();

const server = createServer(async (_request, response) => {
  const body = Buffer.alloc(BYTES, 1);
  try {
    await runner.run({ inside, body });
    response.end('done');
  } catch (error) {
    // Refused before it has cost anything: the client may ask another server, or come again.
    response.writeHead(error.code === 'ERR_QUEUE_FULL' ? 503 : 500).end(error.message);
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send({ port: server.address().port });
process.on('message', () => {
  process.send({ memory: process.resourceUsage().maxRSS / 1024 }, () => process.exit());
});
