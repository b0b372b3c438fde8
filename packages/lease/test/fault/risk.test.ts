import { expect, test } from 'vitest';
import { until } from '../../../semaphore/test/support/deadline.js';
import { serverOf, subjects } from '../support/engines.js';
import { startProxy } from '../support/proxy.mjs';
import { type Description, newName, tenant } from '../support/tenant.js';

const withServer = subjects.filter(({ server }) => server !== undefined);

test.each(
  withServer.flatMap((subject) => (['both', 'to server', 'to client'] as const).map((ways) => ({ ...subject, ways }))),
)('$title, cut ($ways): at risk before the end of the ttl, holders are told, and it goes on', async (subject) => {
  const proxy = await startProxy((await serverOf(subject)).port);
  const throughProxy = (description: Description) => {
    description.url = description.url.replace(/:\d+(?=\/|$)/, `:${proxy.port}`);
  };
  const name = newName();
  const terms = { permits: 2, ttl: 1500, margin: 500 };
  const a = await tenant(subject, name, terms, throughProxy);
  const b = await tenant(subject, name, terms);
  await a.order('take', 2);
  await b.order('wait', 2);
  proxy.cut(subject.ways);
  await until('a is at risk', () => a.states.includes('at risk'), a);
  // Not yet: its lease has not run out.
  expect(b.got).toBe(0);
  expect(await a.look()).toMatchObject({ here: 0, aborted: true });
  await a.order('give', 2);
  // It is back, and not to be had there.
  expect(await a.look()).toMatchObject({ here: 0, got: 0 });
  await b.hasGot(2);
  await until('a has lost it', () => a.states.includes('lost'), a);
  proxy.heal();
  await until('a is live again', () => a.states.at(-1) === 'live', a);
  expect(await a.look()).toMatchObject({ held: 0, aborted: false });
  await a.order('wait', 1);
  await b.order('give', 1);
  await a.hasGot(1);
  proxy.stop();
});

test.each(withServer)('$title: `whenUnreachable` permits to go on with', async (subject) => {
  const proxy = await startProxy((await serverOf(subject)).port);
  const throughProxy = (description: Description) => {
    description.url = description.url.replace(/:\d+(?=\/|$)/, `:${proxy.port}`);
  };
  const a = await tenant(subject, newName(), { permits: 4, ttl: 1000, whenUnreachable: 2 }, throughProxy);
  proxy.cut();
  await until('a has lost it', () => a.states.includes('lost'), a);
  await a.order('take', 2);
  await a.order('wait', 1);
  expect(await a.look()).toMatchObject({ here: 2, got: 2 });
  proxy.heal();
  await a.hasGot(3);
  proxy.stop();
});
