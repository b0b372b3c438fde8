/** Limits that processes share: leases of this library, and peers that ask a Redis for every permit. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server } from '../../../packages/lease/test/support/redis.mjs';

// Loaded when they are needed: the processes of all other cases load this file, too.
const redisServer = () => import('../../../packages/lease/test/support/redis.mjs');
const postgresServer = () => import('../../../packages/lease/test/support/postgres.mjs');

export type Keeper = 'redis' | 'postgres' | 'machine';

/** Who keeps account, and where. */
export interface Site {
  readonly keeper: Keeper;
  readonly url: string;
  readonly port: number;
  /** Of the machine engine; and a socket that answers. */
  readonly namespace: string;
}

export const keeperOf: Readonly<Record<string, Keeper>> = {
  'ours-leased': 'redis',
  'ours-leased-postgres': 'postgres',
  'ours-leased-machine': 'machine',
  'redis-semaphore': 'redis',
  bottleneck: 'redis',
};

/** What must be installed first. */
export function needsOf(subject: string): () => Promise<string | undefined> {
  const keeper = keeperOf[subject];
  return async () => {
    if (keeper === 'redis' && !(await redisServer()).hasRedis())
      return 'needs redis-server; on Debian: apt-get install redis-server';
    if (keeper === 'postgres' && !(await postgresServer()).hasPostgres())
      return 'needs a PostgreSQL; on Debian: apt-get install postgresql';
    return undefined;
  };
}

/** Starts the server that a subject needs. */
export async function startSite(subject: string): Promise<{ site: Site; server: Server | undefined }> {
  const keeper = keeperOf[subject] ?? 'machine';
  const namespace = `bench-${process.pid}`;
  if (keeper === 'machine') {
    createServer((socket) => socket.pipe(socket)).listen(echoOf(namespace));
    return { site: { keeper, url: '', port: 0, namespace }, server: undefined };
  }
  const server =
    keeper === 'redis' ? await (await redisServer()).startRedis() : await (await postgresServer()).startPostgres();
  return { site: { keeper, url: server.url, port: server.port, namespace }, server };
}

const echoOf = (namespace: string) => `\0eventfd-${namespace}`;

/** One round trip to the server, and nothing else: of the machine, to another process over a Unix socket. */
export async function pinger({ keeper, url, namespace }: Site): Promise<() => Promise<unknown>> {
  if (keeper === 'redis') {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url);
    await redis.ping();
    return () => redis.ping();
  }
  if (keeper === 'postgres') {
    const { default: pg } = await import('pg');
    const client = new pg.Client(url);
    client.on('error', () => {}); // the server ends before we do
    await client.connect();
    return () => client.query('select 1');
  }
  const socket = connect(echoOf(namespace));
  await once(socket, 'connect');
  return () => {
    const answer = once(socket, 'data');
    socket.write('ping');
    return answer;
  };
}

/** A limit, as one process has it. */
export interface Limit {
  /** Resolves, once there is a permit, to how it is given back. */
  take(): Promise<() => unknown>;
}

/** What leased permits are had from. */
export async function lease({ keeper, url, namespace }: Site, permits: number, ttl = 10_000) {
  const { lease } = await import('@eventfd/lease');
  const { machine } = await import('@eventfd/lease/machine');
  const { postgres } = await import('@eventfd/lease/postgres');
  const { redis } = await import('@eventfd/lease/redis');
  const engine = {
    redis: () => redis({ url }),
    postgres: () => postgres({ url, createTable: true }),
    machine: () => machine({ namespace }),
  }[keeper]();
  return lease('bench', { permits, ttl, engine });
}

export async function limitOf(subject: string, site: Site, permits: number): Promise<Limit> {
  if (subject === 'redis-semaphore') return redisSemaphore(site, permits);
  if (subject === 'bottleneck') return bottleneck(site, permits);
  const { semaphore } = await lease(site, permits);
  return {
    take: async () => {
      const permit = await semaphore.acquire();
      return () => permit.release();
    },
  };
}

async function redisSemaphore({ url }: Site, permits: number): Promise<Limit> {
  const { Redis } = await import('ioredis');
  const { Semaphore } = await import('redis-semaphore');
  const client = new Redis(url);
  return {
    take: async () => {
      const semaphore = new Semaphore(client, 'bench', permits);
      await semaphore.acquire();
      return () => semaphore.release();
    },
  };
}

async function bottleneck({ port }: Site, permits: number): Promise<Limit> {
  const { default: Redis } = await import('ioredis');
  const { default: Bottleneck } = await import('bottleneck');
  const limiter = new Bottleneck({
    id: 'bench',
    maxConcurrent: permits,
    datastore: 'ioredis',
    Redis,
    clientOptions: { host: '127.0.0.1', port },
  });
  await limiter.ready();
  return {
    take: () =>
      new Promise((taken, failed) => {
        const job = () => new Promise<void>((giveBack) => taken(giveBack));
        limiter.schedule(job).catch(failed);
      }),
  };
}
