import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Subject, subjects } from '../support/engines.js';
import { newName, type Tenant, tenant } from '../support/tenant.js';

const machine = subjects.find(({ server }) => server === undefined) as Subject;

/** Which of them is the broker: whose descriptor the bound name is. */
function brokerOf(tenants: Tenant[], namespace: string): Tenant | undefined {
  const line = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .find(
      (each) => each.includes(`@eventfd-lease/${process.getuid?.()}/${namespace}/broker/`) && / 00010000 /.test(each),
    );
  const inode = line?.trim().split(/\s+/)[6];
  return tenants.find(({ pid }) =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    }),
  );
}

async function fleet(count: number, namespace: string): Promise<Tenant[]> {
  const name = newName();
  const tenants: Tenant[] = [];
  for (let i = 0; i < count; i++) {
    tenants.push(
      await tenant(machine, name, { permits: 6 }, (description) => Object.assign(description, { namespace })),
    );
  }
  return tenants;
}

test('the broker is killed: another takes over, knows what is held, and grants what the dead one held', async () => {
  const namespace = newName();
  const tenants = await fleet(3, namespace);
  for (const each of tenants) await each.order('take', 2);
  const broker = brokerOf(tenants, namespace) as Tenant;
  const [a, b] = tenants.filter((each) => each !== broker) as [Tenant, Tenant];
  await broker.kill();
  await a.order('wait', 4);
  await a.hasGot(4);
  expect((await b.look()).got).toBe(2);
  await b.order('give', 2);
  await a.hasGot(6);
  expect([a.states, b.states]).toEqual([[], []]);
});

test('a process that comes just then is granted nothing that is held', async () => {
  const namespace = newName();
  const tenants = await fleet(3, namespace);
  for (const each of tenants) await each.order('take', 2);
  const broker = brokerOf(tenants, namespace) as Tenant;
  const others = tenants.filter((each) => each !== broker);
  // They are stopped, so that the newcomer is the next broker. It has never heard of them.
  for (const { child } of others) child.kill('SIGSTOP');
  await broker.kill();
  const newcomer = tenant(machine, newName(), { permits: 1 }, (description) =>
    Object.assign(description, { namespace }),
  );
  await newcomer;
  expect(brokerOf([await newcomer], namespace)).toBeDefined();
  for (const { child } of others) child.kill('SIGCONT');
  const [a, b] = others as [Tenant, Tenant];
  await a.order('wait', 4);
  await a.hasGot(4);
  expect((await b.look()).got).toBe(2);
  expect([a.states, b.states]).toEqual([[], []]);
});

test('the broker ends well: it gives back what it held, and another takes over', async () => {
  const namespace = newName();
  const tenants = await fleet(2, namespace);
  for (const each of tenants) await each.order('take', 3);
  const broker = brokerOf(tenants, namespace) as Tenant;
  const [other] = tenants.filter((each) => each !== broker) as [Tenant];
  await broker.order('give', 3);
  await broker.order('close');
  const exited = once(broker.child, 'exit');
  broker.child.send({ order: 'leave' });
  await exited;
  await other.order('take', 3);
  expect(other.states).toEqual([]);
});
