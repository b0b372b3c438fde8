// What a limit does, as Prometheus scrapes it: a page at /metrics of a server that fetches through a limit.
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, Semaphore } from '@eventfd/semaphore';
import { limitCalls } from '@eventfd/semaphore/limit';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const registry = new Registry();

// Looked at when the page is asked for: permits and waits of every object that has a name, on all threads.
new Gauge({
  name: 'eventfd_permits',
  help: 'Permits, held and free',
  labelNames: ['name', 'state'],
  registers: [registry],
  collect() {
    this.reset();
    for (const { kind, name, state } of inspect()) {
      if (kind !== 'Semaphore' || name === undefined) continue;
      this.inc({ name, state: 'idle' }, Math.max(0, state.available));
      this.inc({ name, state: 'used' }, state.permits - state.available);
    }
  },
});
new Gauge({
  name: 'eventfd_waiting',
  help: 'Waits in the queue',
  labelNames: ['name'],
  registers: [registry],
  collect() {
    this.reset();
    for (const { name, waiters } of inspect()) if (name !== undefined) this.inc({ name }, waiters.length);
  },
});

// Told of each run of this thread's limits.
const labelNames = ['name'];
const runs = new Counter({
  name: 'eventfd_runs_total',
  help: 'Runs that have ended',
  labelNames: [...labelNames, 'outcome'],
  registers: [registry],
});
const waited = new Histogram({
  name: 'eventfd_wait_seconds',
  help: 'How long runs waited for a permit',
  labelNames,
  buckets: [0.01, 0.1, 1],
  registers: [registry],
});
subscribe('eventfd:limit:end', ({ name, outcome, waited: ms }) => {
  runs.inc({ name, outcome });
  waited.observe({ name }, ms / 1000);
});

// Four at a time, and no more than six waiting.
const semaphore = new Semaphore(4, { name: 'backend' });
const backend = limitCalls((ms, signal) => sleep(ms, undefined, { signal }), semaphore, { maxWaiting: 6 });

const server = createServer(async (_request, response) => {
  response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const scrape = async () => (await fetch(`http://127.0.0.1:${server.address().port}/metrics`)).text();

const work = Array.from({ length: 15 }, () => backend.run(100));
const settled = Promise.allSettled(work);
console.log('# under load\n');
console.log(await scrape());
await settled;
console.log('# when it is over\n');
console.log(await scrape());
server.closeAllConnections();
server.close();
