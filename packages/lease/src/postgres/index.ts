import { invalidValue, requireBoolean, requireObject, requireOneOf, requireText, requireUrl } from '../check.js';
import { EngineSource } from '../engine.js';
import { CLIENTS, type ClientName } from './clients.js';
import type { PostgresSettings } from './engine.js';
import { schemaOf } from './schema.js';

/** Which PostgreSQL, and how it is reached. */
export interface PostgresOptions {
  /** `postgres://` or `postgresql://`; by default what the client takes from its environment (`PGHOST` and the like). */
  url?: string | undefined;
  /** Which client to load; by default the first of pg and postgres that is installed. */
  client?: ClientName | undefined;
  /** What the names of the tables and of the function begin with: lower case letters, digits and `_`; `eventfd_lease` by default. */
  table?: string | undefined;
  /** Whether to make them if they are not there yet; false by default: `schema()` gives the statements. */
  createTable?: boolean | undefined;
  /** For the client, beside what is set here. It must be possible to post it to a thread, so no functions. */
  options?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Leases kept by a PostgreSQL, as rows of a table. Steps are made by a function in the database, by the server's clock; a process that
 * waits is told by LISTEN. Two connections a process; behind a pooler that shares connections between transactions LISTEN hears
 * nothing, and who waits looks once a second.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`; what was passed as `url` is not in the message
 */
export function postgres(options: PostgresOptions = {}): EngineSource {
  requireObject('options', options);
  const { url, client, table, createTable = false } = options;
  const settings: PostgresSettings = {
    url: url === undefined ? undefined : requireUrl('options.url', url, ['postgres:', 'postgresql:']),
    client: client === undefined ? undefined : requireOneOf('options.client', client, CLIENTS),
    table: requireTable('options.table', table),
    createTable: requireBoolean('options.createTable', createTable),
    options: requireObject('options.options', options.options ?? {}) as Record<string, unknown>,
  };
  return new EngineSource('postgres', new URL('./engine.js', import.meta.url).href, settings);
}

/**
 * The statements that make what `postgres()` needs, for a migration. They change nothing where it is there already.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`
 */
export function schema(table?: string): string {
  return schemaOf(requireTable('table', table));
}

function requireTable(name: string, table: unknown = 'eventfd_lease'): string {
  const text = requireText(name, table, 40);
  if (/^[a-z_][a-z0-9_]*$/.test(text)) return text;
  throw invalidValue(name, 'may have lower case letters, digits and "_" only', `'${text}'`);
}
