// A server at twice its capacity: its pool alone, with a limit, and with a limit that refuses, times and adapts.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

/** Requests a second that the backend can do: eight at a time, 200 ms each. */
const CAPACITY = 40;
const SECONDS = Number(process.env.SECONDS ?? 5);
/** What is answered later is no use any more, in milliseconds; nobody waits for it. */
const IN_TIME = 600;
/** Requests come so often, in milliseconds; several at once at a higher rate. */
const TICK = 50;

/** Drives a server of that kind, and tells what came back. */
async function drive(way, rate) {
  const server = fork(new URL('server.mjs', import.meta.url), [way]);
  const [{ port }] = await once(server, 'message');
  const served = [];
  let [sent, refused] = [0, 0];
  const load = [];
  const began = performance.now();
  for (let tick = 0; tick < (SECONDS * 1000) / TICK; tick++) {
    await sleep(Math.max(0, began + tick * TICK - performance.now()));
    // A client keeps no count of who is still waiting, so neither does this: each tick's requests are connections of their own.
    const amount = (rate * TICK) / 1000;
    const some = autocannon({ url: `http://127.0.0.1:${port}`, connections: amount, amount });
    some.on('response', (_client, status, _bytes, ms) => {
      if (status === 200) served.push(ms);
      else refused++;
    });
    load.push(some);
    sent += amount;
  }
  await Promise.race([Promise.all(load), sleep(IN_TIME)]);
  const late = sent - served.length - refused;
  server.send('how much');
  const [{ memory }] = await once(server, 'message');
  for (const some of load) some.stop();
  await once(server, 'exit');
  const times = served.sort((a, b) => a - b);
  const at = (share) => Math.round(times[Math.ceil(times.length * share) - 1] ?? 0);
  const inTime = times.filter((ms) => ms <= IN_TIME).length;
  return { sent, inTime, late: late + times.length - inTime, refused, p50: at(0.5), p99: at(0.99), memory };
}

function print(what, { sent, inTime, late, refused, p50, p99, memory }) {
  const columns = [sent, inTime, late, refused, `${p50} ms`, `${p99} ms`, `${Math.round(memory)} MB`];
  console.log(what.padEnd(40), ...columns.map((column) => `${column}`.padStart(8)));
}

console.log(`${SECONDS} s of requests to a server that can do ${CAPACITY} a second, within ${IN_TIME} ms`);
console.log(''.padEnd(40), ...['sent', 'in time', 'late', 'refused', 'p50', 'p99', 'memory'].map((t) => t.padStart(8)));
const half = await drive('adapted', CAPACITY / 2);
print('half of that: limit, maxWaiting, adapt', half);
print('twice that:   the pool alone', await drive('pool', 2 * CAPACITY));
print('              limit', await drive('limit', 2 * CAPACITY));
const adapted = await drive('adapted', 2 * CAPACITY);
print('              limit, maxWaiting, adapt', adapted);
console.log(`refused at half the capacity: ${half.refused}`);
console.log(`p99 of the served at twice the capacity: ${(adapted.p99 / half.p99).toFixed(2)} times that at half`);
