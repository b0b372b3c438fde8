import { expect, test } from 'vitest';
import { subjects } from '../support/engines.js';
import { startRedis } from '../support/redis.mjs';
import { type Description, newName, tenant } from '../support/tenant.js';

const redis = subjects.find(({ server }) => server === 'redis');

test.each(redis === undefined ? [] : [redis])(
  'a Redis that comes back without its data: holders tell it what they hold, and it grants nothing for one ttl',
  async (subject) => {
    let server = await startRedis();
    const here = (description: Description) => {
      description.url = server.url;
    };
    const name = newName();
    const terms = { permits: 4, ttl: 2000 };
    const a = await tenant(subject, name, terms, here);
    const b = await tenant(subject, name, terms, here);
    await a.order('take', 3);
    await server.kill();
    server = await startRedis({ port: server.port });
    await b.order('wait', 4);
    await b.hasGot(1);
    expect(await a.look()).toMatchObject({ got: 3, held: 3 });
    await a.order('give', 3);
    await b.hasGot(4);
    expect(a.states).toEqual([]);
    await server.stop();
  },
);
