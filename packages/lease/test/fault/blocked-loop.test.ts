import { expect, test } from 'vitest';
import { subjects } from '../support/engines.js';
import { newName, tenant } from '../support/tenant.js';

test.each(subjects)(
  '$title: a process whose loop is blocked for longer than the ttl keeps its lease',
  async (subject) => {
    const name = newName();
    const a = await tenant(subject, name, { permits: 2, ttl: 600 });
    const b = await tenant(subject, name, { permits: 2, ttl: 600 });
    await a.order('take', 2);
    await b.order('wait', 2);
    await a.order('block', 2500);
    expect(await a.look()).toMatchObject({ state: 'live', got: 2 });
    expect([a.states, b.states, b.got]).toEqual([[], [], 0]);
    await a.order('give', 2);
    await b.hasGot(2);
  },
);
