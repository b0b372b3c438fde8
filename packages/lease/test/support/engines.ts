/** The engines that a test runs over: the machine's always, those of servers where the server is installed. */

import type { EngineSource } from '@eventfd/lease';
import { machine } from '@eventfd/lease/machine';
import { postgres } from '@eventfd/lease/postgres';
import { redis } from '@eventfd/lease/redis';
import { afterAll } from 'vitest';
import { hasPostgres, startPostgres } from './postgres.mjs';
import { hasRedis, type Server, startRedis } from './redis.mjs';

export interface Subject {
  readonly title: string;
  readonly server: 'redis' | 'postgres' | undefined;
  readonly client: string;
}

const { EVENTFD_TEST_ENGINES: insist } = process.env;

function installed(what: string, found: boolean): boolean {
  if (found) return true;
  const message = `${what} is not installed (apt-get install ${what}): its engine is not tested`;
  if (insist === '1') throw new Error(message);
  console.warn(message);
  return false;
}

const redisSubjects: Subject[] = (['ioredis', 'redis', 'iovalkey'] as const).map((client) => ({
  title: `redis by ${client}`,
  server: 'redis',
  client,
}));
const postgresSubjects: Subject[] = (['pg', 'postgres'] as const).map((client) => ({
  title: `postgres by ${client}`,
  server: 'postgres',
  client,
}));

/** Every engine, by every client. */
export const clients: readonly Subject[] = [
  { title: 'machine', server: undefined, client: '' },
  ...(installed('redis-server', hasRedis()) ? redisSubjects : []),
  ...(installed('postgresql', hasPostgres()) ? postgresSubjects : []),
];

/** Every engine, by the first of its clients. */
export const subjects = clients.filter(({ client }) => ['', 'ioredis', 'pg'].includes(client));

const servers = new Map<string, Promise<Server>>();

afterAll(async () => {
  for (const server of servers.values()) await (await server).stop();
});

/** The server of a subject, started when it is first asked for. */
export function serverOf({ server }: Subject): Promise<Server> {
  if (server === undefined) throw new Error('The machine engine has no server');
  let started = servers.get(server);
  if (started === undefined) {
    started = server === 'redis' ? startRedis() : startPostgres();
    servers.set(server, started);
  }
  return started;
}

/** The arguments that fixtures make an engine of. */
export async function describeEngine(subject: Subject): Promise<string> {
  const url = subject.server === undefined ? '' : (await serverOf(subject)).url;
  return JSON.stringify({ server: subject.server, client: subject.client, url, namespace: `test-${process.pid}` });
}

/** `at`: reached there, and not where the server is. */
export async function engineOf(subject: Subject, at?: string): Promise<EngineSource> {
  const { server, client } = subject;
  if (server === undefined) return machine({ namespace: `test-${process.pid}` });
  const url = at ?? (await serverOf(subject)).url;
  return server === 'redis'
    ? redis({ url, client: client as 'ioredis' })
    : postgres({ url, client: client as 'pg', createTable: true });
}
