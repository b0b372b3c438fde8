/** The other threads of a process that has a lease. */
import { Lease, type LeaseHandle, lease } from '@eventfd/lease';
import { expect, test } from 'vitest';
import { until, within } from '../../../semaphore/test/support/deadline.js';
import { describeEngine, engineOf, serverOf, subjects } from '../support/engines.js';
import { startProxy } from '../support/proxy.mjs';
import { newName, tenant } from '../support/tenant.js';
import { Thread } from '../support/thread.js';

/** A thread that has leased, and what it tells others to attach by. */
async function leasingThread(subject: (typeof subjects)[number], name: string, options: object) {
  const description = JSON.parse(await describeEngine(subject));
  const first = new Thread('leasing-thread.mjs', { name, description, options });
  await until('it has leased', () => first.said.length > 0, first.said);
  return { first, handle: first.said[0] as unknown as LeaseHandle };
}

test.each(subjects)('$title: the thread that leased ends, and one that stands by goes on with it', async (subject) => {
  const name = newName();
  const options = { permits: 3, ttl: 3000 };
  const { first, handle } = await leasingThread(subject, name, options);
  const attached = Lease.from(handle, { engine: await engineOf(subject) });
  const permits = [await attached.semaphore.acquire(), await attached.semaphore.acquire()];
  const b = await tenant(subject, name, options);
  await b.order('wait', 3);
  await b.hasGot(1);

  await first.worker.terminate();
  // What is in use is not leased by the new keeper: it has told it, and it goes back when it comes free.
  await until('this thread goes on', () => attached.held === 0, attached);
  await expect(within('another permit', attached.semaphore.acquire({ timeout: 300 }))).rejects.toMatchObject({
    code: 'ERR_TIMEOUT',
  });
  expect((await b.look()).got).toBe(1);
  for (const permit of permits) permit.release();
  await b.hasGot(3);
  const mine = attached.semaphore.acquire();
  await b.order('give', 1);
  (await within('one is leased again', mine)).release();
  expect([attached.state, b.states]).toEqual(['live', []]);
  await attached.close();
  expect(attached.signal.reason).toMatchObject({ code: 'ERR_LEASE_CLOSED' });
  await b.order('give', 2);
  await b.order('take', 3);
});

test.each(subjects)('$title: who stands by has its turn when who went on leaves', async (subject) => {
  const { first, handle } = await leasingThread(subject, newName(), { permits: 2 });
  const third = Lease.from(handle);
  await Lease.from(handle).close();
  expect(third.state).toBe('live');
  const standing = Lease.from(handle, { engine: await engineOf(subject) });
  const next = Lease.from(handle, { engine: await engineOf(subject) });
  const permit = await third.semaphore.acquire();
  await first.worker.terminate();
  await until('one goes on', () => third.held === 0, third);
  await standing.close();
  permit.release();
  (await within('it is leased again', third.semaphore.acquire())).release();
  await next.close();
  await expect(third.run(() => {})).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
  // It may not have heard yet of who went on, and so looks at the signal of who did before.
  await until('it has heard', () => third.state === 'lost', third);
});

test.each(subjects)('$title: it ends when who is next leaves before it goes on', async (subject) => {
  const { first, handle } = await leasingThread(subject, newName(), { permits: 2 });
  const third = Lease.from(handle);
  const standing = Lease.from(handle, { engine: await engineOf(subject) });
  const next = Lease.from(handle, { engine: await engineOf(subject) });
  const permit = await third.semaphore.acquire();
  await first.worker.terminate();
  await until('one goes on', () => third.held === 0, third);
  await standing.close();
  // Before it can hear that it is its turn.
  await next.close();
  expect(third.semaphore.closed).toBe(true);
  permit.release();
});

test.each(subjects.filter(({ server }) => server !== undefined))(
  '$title: every thread is told that the lease is at risk, and that it is live again',
  async (subject) => {
    const proxy = await startProxy((await serverOf(subject)).port);
    const description = JSON.parse(await describeEngine(subject));
    const url = description.url.replace(/:\d+(?=\/|$)/, `:${proxy.port}`);
    const engine = await engineOf(subject, url);
    const leased = await lease(newName(), { permits: 2, ttl: 1500, margin: 500, engine });
    const thread = new Thread('attached-thread.mjs', { handle: leased.handle });
    expect(await thread.says('attached')).toEqual({ state: 'live', permits: 2 });
    thread.worker.postMessage('run');
    await thread.says('running');
    proxy.cut();
    expect(await thread.says('signal')).toBe('ERR_LEASE_AT_RISK');
    expect(await thread.says('ran')).toBe('ERR_LEASE_AT_RISK');
    expect(leased.signal.reason).toMatchObject({ name: 'LeaseAtRiskError', code: 'ERR_LEASE_AT_RISK' });
    proxy.heal();
    while ((await thread.says('state')) !== 'live');

    thread.worker.postMessage('block');
    await thread.says('blocking');
    proxy.cut();
    expect(await thread.says('blocked')).toBe('ERR_LEASE_AT_RISK');
    proxy.heal();
    while ((await thread.says('state')) !== 'live');
    await leased.close();
    expect(await thread.says('signal')).toBe('ERR_LEASE_AT_RISK');
    expect(await thread.says('signal')).toBe('ERR_LEASE_CLOSED');
    proxy.stop();
  },
);

test('what is no handle of a lease, or of one that has ended, is refused', async () => {
  for (const wrong of [undefined, 5, {}, { kind: 'Lease' }]) {
    expect(() => Lease.from(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_HANDLE' }));
  }
  expect(() => Lease.from({} as never, { engine: 'redis' as never })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});
