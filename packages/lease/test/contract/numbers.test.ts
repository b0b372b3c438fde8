import { expect, test } from 'vitest';
import { clients } from '../support/engines.js';
import { newName, tenant } from '../support/tenant.js';

test.each(clients)('$title: another number of permits is refused, with both', async (subject) => {
  const name = newName();
  await tenant(subject, name, { permits: 3 });
  await expect(tenant(subject, name, { permits: 4 })).rejects.toMatchObject({
    code: 'ERR_LEASE_MISMATCH',
    message: expect.stringMatching(/in use with 3 permits, not 4/),
  });
});

test.each(clients)('$title: resize changes it for all', async (subject) => {
  const name = newName();
  const a = await tenant(subject, name, { permits: 1 });
  const b = await tenant(subject, name, { permits: 1 });
  await a.order('take', 1);
  await b.order('wait', 2);
  await a.order('resize', 3);
  await b.hasGot(2);
  await b.see('b has heard of it', ({ permits }) => permits === 3);
  await b.order('resize', 1);
  await a.see('a has heard of it', ({ permits }) => permits === 1);
  await tenant(subject, name, { permits: 1 });
});
