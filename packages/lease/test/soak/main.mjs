// pnpm soak --leases [--minutes N] [--engines machine,redis,postgres] [--seed S]
import { parseArgs } from 'node:util';
import { hasPostgres } from '../support/postgres.mjs';
import { hasRedis } from '../support/redis.mjs';
import { kills } from './kills.mjs';
import { soakLeases } from './leases.mjs';

const string = { type: 'string' };
const { values } = parseArgs({
  options: { leases: { type: 'boolean' }, minutes: string, engines: string, seed: string, kills: string },
});
const there = ['machine', ...(hasRedis() ? ['redis'] : []), ...(hasPostgres() ? ['postgres'] : [])];
const engines = values.engines?.split(',') ?? there;
const seed = Number(values.seed ?? (Date.now() % 2 ** 31) + 1);
console.log(`Node ${process.versions.node}, --seed ${seed}, engines ${engines.join(', ')}`);
const well =
  values.kills === undefined
    ? await soakLeases({ engines, ms: Number(values.minutes ?? 10) * 60_000, seed })
    : await kills({ engines, count: Number(values.kills), seed });
if (!well) process.exitCode = 1;
