/** A connected engine, which all leases of this thread's parent that name it use. */
import { randomBytes } from 'node:crypto';
import type { Engine, OpenEngine } from '../engine.js';
import { secretsOf } from '../secrets.js';
import type { Keeper } from './keeper.js';

export class Session {
  /** 16 hexadecimal digits, as nobody else has them. */
  readonly id = randomBytes(8).toString('hex');
  readonly engine: Promise<Engine>;
  readonly secrets: readonly string[];
  readonly keepers = new Map<string, Keeper>();
  /** Leases that use it, or are about to. */
  users = 0;
  #members = 0;

  constructor(source: { module: string; options: unknown }) {
    this.secrets = secretsOf(source.options);
    this.engine = this.#open(source);
    // Whoever opens a lease is told.
    this.engine.catch(() => {});
  }

  nextMember(): string {
    return this.id + (++this.#members).toString(16).padStart(8, '0');
  }

  async close(): Promise<void> {
    const engine = await this.engine.catch(() => undefined);
    await engine?.close();
  }

  async #open({ module, options }: { module: string; options: unknown }): Promise<Engine> {
    const { open } = (await import(module)) as { open: OpenEngine };
    return open(options, this.id, {
      poke: (member, grant) => this.keepers.get(member)?.poked(grant),
      up: () => {
        for (const keeper of this.keepers.values()) keeper.up();
      },
      down: (reason, lasts) => {
        for (const keeper of this.keepers.values()) keeper.down(reason, lasts);
      },
    });
  }
}
