// A task, on one of a pool's workers: it connects to the database, asks, and disconnects.
import { workerData } from 'node:worker_threads';
import { Latch, Semaphore } from '@eventfd/semaphore';
import pg from 'pg';

const { connection, connections: posted, booted } = workerData;
const connections = posted && Semaphore.from(posted);

async function query() {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    // The pause stands for real work. How many of the application are connected at this moment, the database itself tells.
    const sql = `select pg_sleep(0.15), (select count(*)::int from pg_stat_activity where usename = 'app') as connected`;
    const { rows } = await client.query(sql);
    return rows[0].connected;
  } finally {
    await client.end();
  }
}

Latch.from(booted).countDown();

export default async function task() {
  try {
    return { connected: connections ? await connections.run(query) : await query() };
  } catch (error) {
    if (error.code !== '53300') throw error; // too_many_connections
    return { refused: true };
  }
}
