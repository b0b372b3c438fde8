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

test.each(subjects)(
  '$title: kill -9 of one that waits: what it was granted reaches who waits next',
  async (subject) => {
    const name = newName();
    const terms = { permits: 1, ttl: 1000 };
    const a = await tenant(subject, name, terms);
    const b = await tenant(subject, name, terms);
    const c = await tenant(subject, name, terms);
    await a.order('take', 1);
    await b.order('wait', 1);
    await a.see('it has heard that b waits', ({ here }) => here === 0);
    await c.order('wait', 1);
    // It cannot hear of what it is granted.
    b.child.kill('SIGSTOP');
    await a.order('give', 1);
    await b.kill();
    await c.hasGot(1);
    expect([a.states, c.states, b.got]).toEqual([[], [], 0]);
  },
);
