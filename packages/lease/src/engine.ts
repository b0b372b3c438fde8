/**
 * What keeps account of a name's permits. An engine lives in the keeper's thread; the thread that calls `lease` has an
 * EngineSource, which says which module makes it, of what.
 */
import { inspect } from 'node:util';

/**
 * What a member (one lease in one process) says at a step. All numbers are absolute, and steps are numbered: one whose answer was lost is
 * made again, and one that comes late is refused.
 */
export interface Claim {
  readonly name: string;
  /** Who: 24 hexadecimal digits, of which the first 16 are those of the session. */
  readonly member: string;
  /**
   * `join`: the first step; another `permits` than the name has is a mismatch. `renew`: every other. When the engine has answered
   * `unknown`, `return`: by this member's clock too the lease has run out; or `rejoin`: it has not, so the engine lost its state.
   */
  readonly verb: 'join' | 'renew' | 'return' | 'rejoin';
  /** How many there are in the whole fleet, if the name is not in use yet. */
  readonly permits: number;
  /** The number of this step: each is higher than the last. */
  readonly seq: number;
  /** The highest `seq` that was answered. An engine that remembers less has lost its state. */
  readonly acked: number;
  /** How many it keeps, of those it was told that it holds. */
  readonly held: number;
  /** How many are in use here beyond those, since the lease of them was lost. */
  readonly over: number;
  /** How many more it wants. */
  readonly want: number;
  /** How many of those that it was granted since the step `acked`, without one of its own, it has heard of: they are in `held`, or given back. */
  readonly pushed: number;
  /** For how long, in milliseconds, the engine is to remember the member without another step. */
  readonly ttl: number;
}

/** What the engine says to a step. */
export type Answer =
  /** It holds `held`; others wait, and it is to give back what is above `keep` as it comes free; `permits` are in the fleet. */
  | { readonly status: 'ok'; readonly held: number; readonly keep: number; readonly permits: number }
  /** No such member: its lease ran out, or the engine lost its state. */
  | { readonly status: 'unknown' }
  /** A later step was here before. */
  | { readonly status: 'stale' }
  /** The name is in use with another number of permits. */
  | { readonly status: 'mismatch'; readonly permits: number };

/**
 * What a member that waits was granted at another's step: it holds that from then on, whether it hears of it or not. One that it has not
 * heard of is in the answer to its next step.
 */
export interface Grant {
  /** The member's last step before it. To one that has made another since, the grant says nothing: the answer does. */
  readonly seq: number;
  /** How many it was granted since that step, this time and before. */
  readonly pushed: number;
  /** As in an answer. */
  readonly keep: number;
}

/** What an engine tells its keeper of its own accord. */
export interface EngineEvents {
  /**
   * Something has changed for a member. It was granted what it waits for; without a grant it is to step: others wait, or there is another
   * number of permits.
   */
  poke(member: string, grant?: Grant): void;
  /** The engine can be reached, again or at first: all members are to step. */
  up(): void;
  /** The connection is gone. What was answered is good for `lasts` ms more; undefined: for as long as it was before. */
  down(reason: unknown, lasts?: number): void;
}

/** An engine, connected for one session: a keeper's. */
export interface Engine {
  /** Whether leases end with the session, which ends with the process; then they do not run out while it lasts. */
  readonly endsWithSession: boolean;
  /** Renews; takes note of what is given back; asks for more: one step, decided at once. Rejects when it cannot be made now. */
  step(claim: Claim): Promise<Answer>;
  /** Forgets the member; what it holds is free. */
  leave(name: string, member: string): Promise<void>;
  /** Another number of permits for the whole fleet. False when the name is not in use. */
  resize(name: string, permits: number): Promise<boolean>;
  /** A step was not answered in time: connections that may be dead are made anew. */
  reconnect?(): void;
  /** Ends the session. */
  close(): Promise<void>;
}

/** What a module that an EngineSource names exports as `open`. It may return before the engine can be reached. */
export type OpenEngine = (options: unknown, session: string, events: EngineEvents) => Promise<Engine>;

/** What the keeper's thread is told of an engine. */
export interface PostedSource {
  readonly kind: string;
  readonly module: string;
  readonly options: unknown;
}

/** What an EngineSource of any copy of this module has: `instanceof` would tell the copies apart, of which a loader may make several. */
const SOURCE: unique symbol = Symbol.for('eventfd.lease.engine');

/** Of an EngineSource, whichever copy made it; undefined when it is none. */
export function postedOf(value: unknown): PostedSource | undefined {
  return (Object(value) as Partial<EngineSource>)[SOURCE];
}

/**
 * Which engine, and how it is reached: made by `redis`, `postgres` and `machine`, given to `lease`. What it knows is shown by neither
 * `inspect` nor an error.
 */
export class EngineSource {
  /** As in messages: `redis`. */
  readonly kind: string;
  readonly #module: string;
  readonly #options: unknown;

  /**
   * @param kind as in messages
   * @param module the address (`file:`) of a module that exports `open`, an OpenEngine, for the keeper's thread to import
   * @param options for `open`: anything that can be posted to a thread
   */
  constructor(kind: string, module: string, options: unknown) {
    this.kind = kind;
    this.#module = module;
    this.#options = options;
  }

  /** @internal */
  get [SOURCE](): PostedSource {
    return { kind: this.kind, module: this.#module, options: this.#options };
  }

  /** For `console.log`. */
  [inspect.custom](): string {
    return `EngineSource { ${this.kind} }`;
  }
}
