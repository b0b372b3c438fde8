/** The clients that users have, each to the few things the engine needs of one. They are loaded in the keeper's thread. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionEvents, loadFirst, pause, whenBoth } from '../clients.js';
import { LeaseUnreachableError } from '../errors.js';

/** Two connections: for steps, and for what is notified. */
export interface Client {
  /** One statement with parameters, or several without. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): void;
}

export interface Connecting {
  readonly url: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** To be listened to. */
  readonly channel: string;
}

export const CLIENTS = ['pg', 'postgres'] as const;
export type ClientName = (typeof CLIENTS)[number];

type Make = (connecting: Connecting, events: ConnectionEvents) => Client;

/** What is used of pg. */
interface PgClient {
  on(event: string, listener: (argument: never) => void): void;
  connect(): Promise<unknown>;
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}

function pg(Client: new (config: object) => PgClient): Make {
  return ({ url, options, channel }, events) => {
    const state = whenBoth(events);
    const config = { ...options, ...(url === undefined ? {} : { connectionString: url }) };
    const clients = new Map<string, PgClient>();
    let closed = false;
    // It connects once; again and again is for its user to do.
    const keep = async (which: string, begin: (client: PgClient) => Promise<unknown>) => {
      for (let tries = 0; !closed; await sleep(pause(tries++))) {
        const client = new Client(config);
        let reason: unknown;
        // After some errors it never says that it has ended.
        const ended = new Promise<void>((resolve) => {
          client.on('end', () => resolve());
          client.on('error', (error) => {
            reason = error;
            resolve();
          });
        });
        try {
          await client.connect();
          await begin(client);
          if (closed) {
            await client.end();
            return;
          }
          clients.set(which, client);
          tries = 0;
          state.up(which);
          await ended;
        } catch (error) {
          reason = error;
        }
        client.end().catch(() => {});
        clients.delete(which);
        if (!closed) state.down(which, reason ?? new Error('The connection was closed'));
      }
    };
    const ignore = () => {}; // nothing in them rejects
    keep('steps', async () => {}).catch(ignore);
    keep('listener', async (client) => {
      client.on('notification', ({ payload }: { payload: string }) => events.message(payload));
      await client.query(`listen ${channel}`);
    }).catch(ignore);
    return {
      async query(text, values) {
        const client = clients.get('steps');
        if (client === undefined) throw new LeaseUnreachableError('There is no connection to PostgreSQL');
        return (await client.query(text, values)).rows;
      },
      close() {
        closed = true;
        for (const client of clients.values()) client.end().catch(ignore);
      },
    };
  };
}

/** What is used of postgres. */
interface PostgresJs {
  unsafe(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  listen(channel: string, listener: (payload: string) => void, begun: () => void): Promise<unknown>;
  end(options: { timeout: number }): Promise<void>;
}

function postgresJs(connect: (...args: unknown[]) => PostgresJs): Make {
  return ({ url, options, channel }, events) => {
    let closed = false;
    const settings = {
      ...options,
      max: 1,
      prepare: false,
      onnotice: () => {},
      onclose: () => {
        if (!closed) events.down(new Error('The connection was closed'));
      },
      backoff: (tries: number) => pause(tries) / 1000,
    };
    const sql = url === undefined ? connect(settings) : connect(url, settings);
    // It connects for each query that finds no connection, and listens again by itself.
    const listen = async () => {
      for (let tries = 0; !closed; await sleep(pause(tries++))) {
        try {
          await sql.listen(channel, events.message, events.up);
          return;
        } catch (error) {
          events.down(error);
        }
      }
    };
    void listen();
    return {
      query: (text, values) => sql.unsafe(text, values),
      close() {
        closed = true;
        sql.end({ timeout: 0 }).catch(() => {});
      },
    };
  };
}

/** The client of that name, or the first that is installed. */
export function loadClient(name: ClientName | undefined): Promise<Make> {
  return loadFirst<ClientName, Make>(name === undefined ? CLIENTS : [name], {
    pg: async () => pg((await import('pg')).default.Client as unknown as new (config: object) => PgClient),
    postgres: async () =>
      postgresJs((await import('postgres')).default as unknown as (...args: unknown[]) => PostgresJs),
  });
}
