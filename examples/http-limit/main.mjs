// An HTTP server with more workers than its database takes connections: first without a limit, then with one.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Semaphore } from '@eventfd/semaphore';
import { Piscina } from 'piscina';
import { PostgresError, startPostgres } from './postgres.mjs';

const WORKERS = 12;
const CONNECTIONS = 4;
const REQUESTS = 60;

/** The server: every request goes to a worker. */
async function serve(pool) {
  const server = createServer(async (request, response) => {
    const { status, body } = await pool.run(Number(request.url.slice(1)));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function run(connection, connections) {
  const pool = new Piscina({
    filename: new URL('worker.mjs', import.meta.url).href,
    workerData: { connection, connections },
    minThreads: WORKERS,
    maxThreads: WORKERS,
  });
  const server = await serve(pool);
  const url = `http://127.0.0.1:${server.address().port}`;
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, id) => {
      const response = await fetch(`${url}/${id}`);
      return { status: response.status, ...(await response.json()) };
    }),
  );
  server.closeAllConnections();
  server.close();
  await pool.destroy();

  const served = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 503);
  const highest = Math.max(...served.map(({ connected }) => connected));
  const which = connections ? 'with the limit   ' : 'without a limit  ';
  const why = refused.length > 0 ? ` (${refused[0].error})` : '';
  const counts = `${served.length} of ${REQUESTS} requests served, ${refused.length} refused${why}`;
  console.log(`${which} ${counts}; at most ${highest} connected`);
}

try {
  const postgres = await startPostgres(CONNECTIONS);
  console.log(`PostgreSQL takes ${CONNECTIONS} connections, the HTTP server has ${WORKERS} workers`);
  await run(postgres.connection, undefined);
  await run(postgres.connection, new Semaphore(CONNECTIONS, { name: 'connections' }));
  await postgres.stop();
} catch (error) {
  if (!(error instanceof PostgresError)) throw error;
  console.error(`http-limit: ${error.message}`);
  process.exitCode = 2;
}
