// A request's work, on one of the pool's workers: it connects to the database, asks, and disconnects.
import { workerData } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';
import pg from 'pg';

const { connection, connections: posted } = workerData;
const connections = posted && Semaphore.from(posted);

async function query(id) {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    // The pause stands for real work. How many are connected at this moment, the database itself tells.
    const sql = `select $1::int as id, pg_sleep(0.05),
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connected`;
    const { rows } = await client.query(sql, [id]);
    return rows[0];
  } finally {
    await client.end();
  }
}

/** With the limit, the worker has a permit before it connects, and gives it back once it is disconnected. */
export default async function handle(id) {
  try {
    const row = connections ? await connections.run(() => query(id)) : await query(id);
    return { status: 200, body: { id: row.id, connected: row.connected } };
  } catch (error) {
    if (error.code !== '53300') throw error; // too_many_connections
    return { status: 503, body: { error: error.message } };
  }
}
