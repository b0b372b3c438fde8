import { expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';
import { subjects } from '../support/engines.js';
import { newName, type Tenant, tenant } from '../support/tenant.js';

test.each(subjects)(
  '$title: when another waits, a process keeps its share and no more, whoever waits in it',
  async (subject) => {
    const name = newName();
    const a = await tenant(subject, name, { permits: 4 });
    const b = await tenant(subject, name, { permits: 4 });
    await a.order('take', 4);
    await a.order('wait', 5);
    await b.order('wait', 10);
    const served = (count: number) => until('a permit is held again', () => a.got + b.got === count, a, b);
    // One permit of a's comes back after another. Once it has heard that b waits they go there, though others wait here.
    while (b.got < 2) {
      await a.order('wait', 1);
      await a.order('give', 1);
      await served(4);
    }
    // Now both have their share: from here on a's own are served.
    for (let i = 0; i < 5; i++) {
      await a.order('give', 1);
      await served(4);
    }
    expect([a.got, b.got]).toEqual([2, 2]);
  },
);

test.each(subjects)('$title: more processes than permits take turns', async (subject) => {
  const name = newName();
  const tenants = await Promise.all([1, 2, 3].map(() => tenant(subject, name, { permits: 1 })));
  for (const each of tenants) await each.order('wait', 2);
  const turns: Tenant[] = [];
  const turn = async () => {
    await until('one holds it', () => tenants.some(({ got }) => got === 1), ...tenants);
    const holder = tenants.find(({ got }) => got === 1) as Tenant;
    turns.push(holder);
    await holder.order('wait', 1);
    await holder.order('give', 1);
  };
  // Until the engine has heard of all three.
  while (new Set(turns).size < 3) await turn();
  // From then on each in turn, however soon a holder gives back: what it gives back is not for those who wait beside it.
  turns.length = 0;
  for (let i = 0; i < 12; i++) await turn();
  for (let i = 3; i < turns.length; i++) expect(turns.indexOf(turns[i] as Tenant), `turn ${i}`).toBe(i % 3);
});
