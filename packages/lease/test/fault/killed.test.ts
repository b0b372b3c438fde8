import { expect, test } from 'vitest';
import { subjects } from '../support/engines.js';
import { newName, tenant } from '../support/tenant.js';

test.each(subjects)('$title: kill -9 of a holder: what it held reaches who waits', async (subject) => {
  const name = newName();
  const terms = { permits: 3, ttl: 1000 };
  const a = await tenant(subject, name, terms);
  const b = await tenant(subject, name, terms);
  await a.order('take', 3);
  await b.order('wait', 3);
  await a.kill();
  await b.hasGot(3);
  expect(b.states).toEqual([]);
});
