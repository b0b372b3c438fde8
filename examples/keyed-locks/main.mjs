// An HTTP server whose requests are handled by worker threads, each under a lock for its user: first without the lock, then
// with it, while workers are killed half way.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { Worker } from 'node:worker_threads';

const WORKERS = 4;
const USERS = 6;
const REQUESTS = 120;
const KILLED = 3;

/** What stands for the database: credits by user, and who was credited by which request. The two must agree. */
function makeDatabase() {
  const words = (count) => new Int32Array(new SharedArrayBuffer(4 * count));
  return { credits: words(USERS), entries: words(REQUESTS), repaired: words(1) };
}

/** Workers that take requests in turns. One that says that it stands half way is killed, and another takes its place. */
class Workers {
  killed = 0;
  #all;
  #next = 0;
  #toStandStill;
  #workerData;

  constructor(workerData, toStandStill) {
    this.#workerData = workerData;
    this.#toStandStill = toStandStill;
    this.#all = Array.from({ length: WORKERS }, () => this.#start());
  }

  /** The status of the answer: 503 when the worker was killed meanwhile. */
  handle(id, user) {
    const { worker, pending } = this.#all[this.#next % WORKERS];
    const standStill = this.#next++ < this.#toStandStill; // each of the first workers, in its first request
    return new Promise((resolve) => {
      pending.set(id, resolve);
      worker.postMessage({ id, user, standStill });
    });
  }

  async end() {
    await Promise.all(this.#all.map(({ worker }) => worker.terminate()));
  }

  #start() {
    // No lock is handed over: the workers open it by its name.
    const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: this.#workerData });
    const pending = new Map();
    worker.on('message', ({ id, halfWay }) => {
      if (halfWay) return this.#kill(worker, pending);
      pending.get(id)(200);
      return pending.delete(id);
    });
    return { worker, pending };
  }

  async #kill(worker, pending) {
    this.#all[this.#all.findIndex((each) => each.worker === worker)] = this.#start();
    await worker.terminate();
    this.killed++;
    for (const resolve of pending.values()) resolve(503);
  }
}

async function serve(workers) {
  const server = createServer(async ({ url }, response) => {
    const [id, user] = url.slice(1).split('/').map(Number);
    response.writeHead(await workers.handle(id, user)).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A client, who tries again when it is told to. */
async function ask(port, id) {
  for (let status = 503; status === 503; ) {
    const [response] = await once(request({ port, path: `/${id}/${id % USERS}` }).end(), 'response');
    response.resume();
    await once(response, 'end');
    status = response.statusCode;
  }
}

async function run(locked) {
  const database = makeDatabase();
  const workers = new Workers({ ...database, locked }, locked ? KILLED : 0);
  const server = await serve(workers);
  const { port } = server.address();
  await Promise.all(Array.from({ length: REQUESTS }, (_, id) => ask(port, id)));
  server.close();
  server.closeAllConnections();
  await workers.end();
  const credited = database.credits.reduce((a, b) => a + b);
  const { killed } = workers;
  console.log(
    `${locked ? 'A lock for each user' : 'Without a lock'}: ${REQUESTS} requests, ${credited} credits; ` +
      `${killed} workers killed half way, ${database.repaired[0]} accounts repaired by the next owner of the lock`,
  );
}

await run(false);
await run(true);
