import { requireObject, requireOneOf, requireText, requireUrl } from '../check.js';
import { EngineSource } from '../engine.js';
import { CLIENTS, type ClientName } from './clients.js';
import type { RedisSettings } from './engine.js';

/** Which Redis, and how it is reached. */
export interface RedisOptions {
  /** `redis://` or `rediss://`; by default the client's own default, `redis://localhost:6379`. */
  url?: string | undefined;
  /** Which client to load; by default the first of ioredis, redis and iovalkey that is installed. */
  client?: ClientName | undefined;
  /** Of every key and channel; `eventfd:lease:` by default. */
  prefix?: string | undefined;
  /** For the client, beside what is set here: TLS, Sentinels. It must be possible to post it to a thread, so no functions. */
  options?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Leases kept by a Redis, or a Valkey: one server, or one that is promoted in its place. Steps are made by a Lua function, by the
 * server's clock; a process that waits is told by a channel it subscribes to. Two connections a process.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`; what was passed as `url` is not in the message
 */
export function redis(options: RedisOptions = {}): EngineSource {
  requireObject('options', options);
  const { url, client, prefix = 'eventfd:lease:' } = options;
  const settings: RedisSettings = {
    url: url === undefined ? undefined : requireUrl('options.url', url, ['redis:', 'rediss:']),
    client: client === undefined ? undefined : requireOneOf('options.client', client, CLIENTS),
    prefix: requireText('options.prefix', prefix, 100),
    options: requireObject('options.options', options.options ?? {}) as Record<string, unknown>,
  };
  return new EngineSource('redis', new URL('./engine.js', import.meta.url).href, settings);
}
