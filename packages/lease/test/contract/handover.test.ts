import { expect, test } from 'vitest';
import { clients } from '../support/engines.js';
import { newName, tenant } from '../support/tenant.js';

test.each(clients)('$title: what is given back in one process reaches who waits in another', async (subject) => {
  const name = newName();
  const a = await tenant(subject, name, { permits: 2 });
  const b = await tenant(subject, name, { permits: 2 });
  await a.order('take', 2);
  await b.order('wait', 2);
  expect((await b.look()).got).toBe(0);
  await a.order('give', 1);
  await b.hasGot(1);
  expect(await a.look()).toMatchObject({ here: 1, got: 1 });
  await a.order('give', 1);
  await b.hasGot(2);
  expect(await a.look()).toMatchObject({ here: 0, got: 0 });
});
