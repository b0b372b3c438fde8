/** The Redis engine: every step is one call of the script. */
import { createHash } from 'node:crypto';
import type { Answer, Claim, Engine, EngineEvents } from '../engine.js';
import { pokeBy } from '../pokes.js';
import { type Client, type ClientName, loadClient } from './clients.js';
import { SCRIPT } from './script.js';

const SHA = createHash('sha1').update(SCRIPT).digest('hex');

/** What `redis()` passes to the keeper's thread. */
export interface RedisSettings {
  readonly url: string | undefined;
  readonly client: ClientName | undefined;
  readonly prefix: string;
  readonly options: Readonly<Record<string, unknown>>;
}

class RedisEngine implements Engine {
  readonly endsWithSession = false;
  readonly #prefix: string;
  readonly #make: () => Client;
  #client: Client;

  constructor(prefix: string, make: () => Client) {
    this.#prefix = prefix;
    this.#make = make;
    this.#client = make();
  }

  async step({ name, verb, member, permits, seq, acked, held, over, want, pushed, ttl }: Claim): Promise<Answer> {
    const numbers = [permits, seq, acked, held, over, want, pushed, ttl];
    const answer = (await this.#run(name, [verb, member, this.#channel, ...numbers.map(String)])) as unknown[];
    const [status, ...rest] = [String(answer[0]), ...answer.slice(1).map(Number)] as [string, ...number[]];
    if (status === 'ok')
      return { status, held: rest[0] as number, keep: rest[1] as number, permits: rest[2] as number };
    if (status === 'mismatch') return { status, permits: rest[0] as number };
    return { status: status as 'unknown' | 'stale' };
  }

  async leave(name: string, member: string): Promise<void> {
    await this.#run(name, ['leave', member, this.#channel]);
  }

  async resize(name: string, permits: number): Promise<boolean> {
    return Number(await this.#run(name, ['resize', '', this.#channel, String(permits)])) === 1;
  }

  reconnect(): void {
    this.#client.close();
    this.#client = this.#make();
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  get #channel(): string {
    return `${this.#prefix}poke:`;
  }

  async #run(name: string, args: string[]): Promise<unknown> {
    const rest = ['1', `${this.#prefix}{${name}}`, ...args];
    try {
      return await this.#client.command(['EVALSHA', SHA, ...rest]);
    } catch (error) {
      // The server was started anew, or its scripts were flushed.
      if (!String((error as Error).message).startsWith('NOSCRIPT')) throw error;
      return this.#client.command(['EVAL', SCRIPT, ...rest]);
    }
  }
}

/** For the keeper's thread. */
export async function open(settings: unknown, session: string, events: EngineEvents): Promise<Engine> {
  const { url, client, prefix, options } = settings as RedisSettings;
  const make = await loadClient(client);
  const connecting = { url, options, channel: `${prefix}poke:${session}` };
  const heard = { up: events.up, down: (reason: unknown) => events.down(reason), message: pokeBy(events) };
  return new RedisEngine(prefix, () => make(connecting, heard));
}
