import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';
import { subjects } from '../support/engines.js';
import { newName, tenant } from '../support/tenant.js';

test.each(subjects)('$title: SIGSTOP for longer than the ttl', async (subject) => {
  const name = newName();
  const a = await tenant(subject, name, { permits: 2, ttl: 600 });
  const b = await tenant(subject, name, { permits: 2, ttl: 600 });
  await a.order('take', 2);
  await b.order('wait', 2);
  a.child.kill('SIGSTOP');
  if (subject.server === undefined) {
    // Its session lasts, and so does what it holds: a stopped process is not a dead one.
    await sleep(1500);
    expect(b.got).toBe(0);
    a.child.kill('SIGCONT');
    expect(await a.look()).toMatchObject({ state: 'live', got: 2 });
    return;
  }
  await b.hasGot(2);
  a.child.kill('SIGCONT');
  await until('a has heard of it', () => a.states.at(-1) === 'live' && a.states.includes('lost'), a);
  // What it still holds is no lease, but is counted: nobody is granted anything for it.
  await b.order('give', 2);
  await b.order('wait', 2);
  await a.order('give', 2);
  await b.hasGot(2);
});
