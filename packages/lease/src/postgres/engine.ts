/** The PostgreSQL engine: every step is one call of the function that schema.ts makes. */
import type { Answer, Claim, Engine, EngineEvents } from '../engine.js';
import { pokeBy } from '../pokes.js';
import { type Client, type ClientName, loadClient } from './clients.js';
import { schemaOf } from './schema.js';

/** What `postgres()` passes to the keeper's thread. */
export interface PostgresSettings {
  readonly url: string | undefined;
  readonly client: ClientName | undefined;
  readonly table: string;
  readonly createTable: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the function returns. */
interface Row {
  readonly status: string;
  readonly held: number;
  readonly keep: number;
  readonly permits: number;
}

class PostgresEngine implements Engine {
  readonly endsWithSession = false;
  readonly #settings: PostgresSettings;
  readonly #make: () => Client;
  #client: Client;
  #made: Promise<unknown> | undefined;

  constructor(settings: PostgresSettings, make: () => Client) {
    this.#settings = settings;
    this.#make = make;
    this.#client = make();
  }

  async step({ verb, name, member, permits, seq, acked, held, over, want, pushed, ttl }: Claim): Promise<Answer> {
    const row = await this.#run([verb, name, member, permits, seq, acked, held, over, want, pushed, ttl]);
    const { status } = row;
    if (status === 'ok')
      return { status, held: Number(row.held), keep: Number(row.keep), permits: Number(row.permits) };
    if (status === 'mismatch') return { status, permits: Number(row.permits) };
    return { status: status as 'unknown' | 'stale' };
  }

  async leave(name: string, member: string): Promise<void> {
    await this.#run(['leave', name, member, 0, 0, 0, 0, 0, 0, 0, 0]);
  }

  async resize(name: string, permits: number): Promise<boolean> {
    const { status } = await this.#run(['resize', name, '', permits, 0, 0, 0, 0, 0, 0, 0]);
    return status === 'resized';
  }

  reconnect(): void {
    this.#client.close();
    this.#client = this.#make();
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #run(values: readonly unknown[]): Promise<Row> {
    const { table, createTable } = this.#settings;
    if (createTable) {
      this.#made ??= this.#client.query(schemaOf(table));
      try {
        await this.#made;
      } catch (error) {
        this.#made = undefined;
        throw error;
      }
    }
    // Parameters have their types from the function.
    const sql = `select status, held, keep, permits from ${table}_step($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
    const [row] = await this.#client.query(sql, values);
    return row as unknown as Row;
  }
}

/** For the keeper's thread. */
export async function open(given: unknown, session: string, events: EngineEvents): Promise<Engine> {
  const settings = given as PostgresSettings;
  const make = await loadClient(settings.client);
  const { url, options, table } = settings;
  const connecting = { url, options, channel: `${table}_${session}` };
  const heard = { up: events.up, down: (reason: unknown) => events.down(reason), message: pokeBy(events) };
  return new PostgresEngine(settings, () => make(connecting, heard));
}
