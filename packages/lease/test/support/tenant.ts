/** A process that leases: fixtures/tenant.mjs, told what to do. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { LeaseOptions } from '@eventfd/lease';
import { onTestFinished } from 'vitest';
import { until, within } from '../../../semaphore/test/support/deadline.js';
import { describeEngine, type Subject } from './engines.js';
import { forkTied } from './tied.mjs';

export interface Look {
  readonly state: string;
  readonly held: number;
  readonly permits: number;
  /** That the local semaphore has. */
  readonly here: number;
  /** That the process holds. */
  readonly got: number;
  readonly aborted: boolean;
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { message: string; code: string; cause?: string };
  readonly state?: string;
  readonly got?: number;
}

export class Tenant {
  readonly child: ChildProcess;
  /** Every state it has told of. */
  readonly states: string[] = [];
  got = 0;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  #orders = 0;

  constructor() {
    this.child = forkTied(new URL('../fixtures/tenant.mjs', import.meta.url));
    this.child.on('message', (reply: Reply) => {
      if (reply.state !== undefined) this.states.push(reply.state);
      if (reply.got !== undefined) this.got = reply.got;
      if (reply.id !== undefined) this.#replies.get(reply.id)?.(reply);
    });
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  order<T>(order: string, ...args: unknown[]): Promise<T> {
    const id = ++this.#orders;
    const reply = new Promise<T>((resolve, reject) => {
      this.#replies.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as T);
        else reject(Object.assign(new Error(error.message), { code: error.code, cause: error.cause }));
      });
      this.child.send({ id, order, args });
    });
    return within(`${order} of a tenant`, reply);
  }

  look(): Promise<Look> {
    return this.order('look');
  }

  /** Looks until it is so. */
  async see(what: string, condition: (look: Look) => boolean): Promise<Look> {
    let look = await this.look();
    const shown = { look: () => look };
    const deadline = performance.now() + 30_000;
    while (!condition(look)) {
      if (performance.now() > deadline) throw new Error(`${what}: not within 30 s. ${JSON.stringify(shown.look())}`);
      look = await this.look();
    }
    return look;
  }

  async hasGot(count: number): Promise<void> {
    await until(`it has got ${count}`, () => this.got === count, this);
  }

  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

/** What fixtures/engine.mjs makes an engine of. */
export interface Description {
  url: string;
  namespace: string;
}

let names = 0;

/** A name that nobody else has. */
export function newName(): string {
  return `test-${process.pid}-${++names}`;
}

export async function tenant(
  subject: Subject,
  name: string,
  options: Omit<LeaseOptions, 'engine'>,
  change: (description: Description) => void = () => {},
): Promise<Tenant> {
  const made = new Tenant();
  const description = JSON.parse(await describeEngine(subject));
  change(description);
  await made.order('lease', name, description, options);
  return made;
}
