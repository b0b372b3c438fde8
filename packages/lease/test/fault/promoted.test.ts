import { expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';
import { subjects } from '../support/engines.js';
import { startProxy } from '../support/proxy.mjs';
import { startRedis } from '../support/redis.mjs';
import { type Description, newName, tenant } from '../support/tenant.js';

const redis = subjects.find(({ server }) => server === 'redis');

test.each(redis === undefined ? [] : [redis])(
  'a replica is promoted that has not heard of the last grant: it is noticed, and nothing more is granted for one ttl',
  async (subject) => {
    const first = await startRedis();
    const link = await startProxy(first.port);
    const replica = await startRedis({ replicaOf: link.port });
    const clients = await startProxy(first.port);
    const throughProxy = (description: Description) => {
      description.url = `redis://127.0.0.1:${clients.port}`;
    };
    const name = newName();
    const field = (of: string) => replica.command('HGET', `eventfd:lease:{${name}}`, of);
    const terms = { permits: 4, ttl: 2000 };
    const a = await tenant(subject, name, terms, throughProxy);
    await a.order('take', 2);
    const all = (server: typeof first) => server.command('HGETALL', `eventfd:lease:{${name}}`);
    await until('the replica has heard of it', () => all(first) !== '' && all(first) === all(replica));
    link.cut();
    await a.order('take', 1);

    replica.command('REPLICAOF', 'NO', 'ONE');
    expect(field('permits')).toBe('4');
    expect(field('quiet')).toBe('0');
    clients.retarget(replica.port);
    await first.stop();
    await until('the promoted one has learned what it had not heard', () => field('quiet') !== '0');
    const quietUntil = Number(field('quiet'));

    const b = await tenant(subject, name, terms, throughProxy);
    await b.order('wait', 4);
    await b.hasGot(1);
    // One ttl of silence, by the one clock of this machine.
    expect(Date.now()).toBeGreaterThanOrEqual(quietUntil);
    expect(await a.look()).toMatchObject({ got: 3, held: 3, state: 'live' });
    expect(a.states).toEqual([]);
    await a.order('give', 3);
    await b.hasGot(4);
    clients.stop();
    link.stop();
    await replica.stop();
  },
);
