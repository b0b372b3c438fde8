// Two machines with a cluster of processes each, every process with a pool of workers, and one database that admits 5 connections:
// first without a limit, then with one that the whole fleet shares. Half way one of the machines is switched off.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { PostgresError, startPostgres } from '../http-limit/postgres.mjs';

const CONNECTIONS = 5;
const MACHINES = ['east', 'west'];
const TASKS = 60;

/** A machine: a process group of its own, so that all of it can be killed at once. */
function machine(name, settings) {
  const script = fileURLToPath(new URL('machine.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ name, ...settings })], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  process.once('exit', () => off(child));
  return child;
}

function off({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function run(connection, limit) {
  const counts = { served: 0, refused: 0, highest: 0 };
  const machines = MACHINES.map((name) => machine(name, { connection, limit, tasks: TASKS }));
  let booting = machines.length;
  const ended = machines.map(async (child, i) => {
    for await (const line of createInterface(child.stdout)) {
      const { ready, connected, refused } = JSON.parse(line);
      if (ready) {
        // All begin together: machines that boot one after the other would not want many connections at a time.
        if (--booting === 0) for (const { stdin } of machines) stdin.end('go');
        continue;
      }
      if (refused) counts.refused++;
      else counts.served++;
      counts.highest = Math.max(counts.highest, connected ?? 0);
      // West is switched off in the middle of its work, with connections open and permits leased.
      if (limit !== undefined && i === 1 && counts.served + counts.refused >= TASKS && !child.killed) {
        child.kill('SIGKILL');
        off(child);
      }
    }
  });
  await Promise.all(ended);
  const which = limit === undefined ? 'without a limit ' : 'with the limit  ';
  console.log(`${which} ${counts.served} served, ${counts.refused} refused; at most ${counts.highest} connected`);
}

try {
  const postgres = await startPostgres(60);
  const admin = new pg.Client(postgres.connection);
  await admin.connect();
  // The database admits 5 connections of the application's. The leases are kept in it too, under another name.
  await admin.query(`create role app login connection limit ${CONNECTIONS}`);
  await admin.end();
  const connection = { ...postgres.connection, user: 'app' };
  console.log(`The database admits ${CONNECTIONS} connections; two machines, 4 processes and 16 workers want some`);
  await run(connection, undefined);
  await run(connection, { permits: CONNECTIONS, options: postgres.connection });
  await postgres.stop();
} catch (error) {
  if (!(error instanceof PostgresError)) throw error;
  console.error(`fleet: ${error.message}`);
  process.exitCode = 2;
}
