/** The clients that users have, each to the few things the engine needs of one. They are loaded in the keeper's thread. */

import { type ConnectionEvents, loadFirst, pause, whenBoth } from '../clients.js';

/** Two connections: for commands, and for what is published. */
export interface Client {
  /** Rejects when it cannot be sent now, and when the connection ends before the answer. */
  command(args: string[]): Promise<unknown>;
  close(): void;
}

export interface Connecting {
  readonly url: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** To be subscribed to. */
  readonly channel: string;
}

export const CLIENTS = ['ioredis', 'redis', 'iovalkey'] as const;
export type ClientName = (typeof CLIENTS)[number];

type Make = (connecting: Connecting, events: ConnectionEvents) => Client;

/** What is used of ioredis, and of iovalkey, which has the same interface. */
interface IoRedis {
  on(event: string, listener: (...args: never[]) => void): void;
  call(command: string, ...args: string[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}
type IoRedisClass = new (...args: unknown[]) => IoRedis;

function ioredis(Redis: IoRedisClass): Make {
  return ({ url, options, channel }, events) => {
    const state = whenBoth(events);
    const make = (which: string) => {
      const settings = {
        ...options,
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        autoResubscribe: false,
        maxRetriesPerRequest: null,
        retryStrategy: pause,
      };
      const client = url === undefined ? new Redis(settings) : new Redis(url, settings);
      let reason: unknown;
      client.on('error', (error: unknown) => {
        reason = error;
        state.down(which, error);
      });
      client.on('close', () => state.down(which, reason ?? new Error('The connection was closed')));
      return client;
    };
    const commands = make('commands');
    const subscriber = make('subscriber');
    commands.on('ready', () => state.up('commands'));
    subscriber.on('message', (_channel: string, text: string) => events.message(text));
    subscriber.on('ready', () => {
      subscriber.subscribe(channel).then(
        () => state.up('subscriber'),
        (error: unknown) => state.down('subscriber', error),
      );
    });
    return {
      command: ([command = '', ...args]) => commands.call(command, ...args),
      close() {
        commands.disconnect();
        subscriber.disconnect();
      },
    };
  };
}

/** What is used of node-redis. */
interface NodeRedis {
  on(event: string, listener: (...args: never[]) => void): void;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  subscribe(channel: string, listener: (text: string) => void): Promise<unknown>;
  destroy?(): void;
  disconnect(): Promise<void>;
}

function nodeRedis(createClient: (options: object) => NodeRedis): Make {
  return ({ url, options, channel }, events) => {
    const state = whenBoth(events);
    let closed = false;
    const make = (which: string, begin: (client: NodeRedis) => Promise<unknown>) => {
      const socket = { ...(options as { socket?: object }).socket, reconnectStrategy: pause };
      const client = createClient({
        ...options,
        ...(url === undefined ? {} : { url }),
        socket,
        disableOfflineQueue: true,
      });
      client.on('error', (error: unknown) => state.down(which, error));
      client.on('ready', () => {
        begin(client).then(
          () => state.up(which),
          (error: unknown) => state.down(which, error),
        );
      });
      client.connect().catch((error: unknown) => {
        if (!closed) state.down(which, error);
      });
      return client;
    };
    let subscribed = false;
    const commands = make('commands', async () => {});
    const subscriber = make('subscriber', async (client) => {
      // It subscribes again by itself.
      if (!subscribed) await client.subscribe(channel, (text) => events.message(text));
      subscribed = true;
    });
    return {
      command: (args) => commands.sendCommand(args),
      close() {
        closed = true;
        for (const client of [commands, subscriber]) {
          if (client.destroy !== undefined) client.destroy();
          else client.disconnect().catch(() => {});
        }
      },
    };
  };
}

/** The client of that name, or the first that is installed. */
export function loadClient(name: ClientName | undefined): Promise<Make> {
  return loadFirst<ClientName, Make>(name === undefined ? CLIENTS : [name], {
    ioredis: async () => ioredis((await import('ioredis')).Redis as unknown as IoRedisClass),
    iovalkey: async () => ioredis((await import('iovalkey')).default as unknown as IoRedisClass),
    redis: async () => nodeRedis((await import('redis')).createClient as unknown as (options: object) => NodeRedis),
  });
}
