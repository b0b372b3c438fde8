import { expect, test } from 'vitest';
import { subjects } from '../support/engines.js';
import { newName, tenant } from '../support/tenant.js';

test.each(subjects)('$title: what lies idle goes back', async (subject) => {
  const a = await tenant(subject, newName(), { permits: 8, idle: 50 });
  await a.order('take', 8);
  await a.order('give', 7);
  await a.see('only what is in use is leased', ({ held, here }) => held === 1 && here === 1);
});

test.each(subjects)('$title: what lies idle in one process is fetched by another that wants it', async (subject) => {
  const name = newName();
  const a = await tenant(subject, name, { permits: 8, idle: 60_000 });
  const b = await tenant(subject, name, { permits: 8, idle: 60_000 });
  await a.order('take', 8);
  await a.order('give', 8);
  expect(await a.look()).toMatchObject({ here: 8 });
  await b.order('take', 4);
  await a.see('its share is left', ({ here }) => here === 4);
});
