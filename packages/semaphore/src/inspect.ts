import { inspect as format } from 'node:util';
import { type InspectedObject, native } from 'eventfd/internal';
import { agingShown } from './core/aging.js';
import { Flag, Kind, type KindName, MAX_PERMITS } from './core/cell.js';

/** Who holds permits of an object. */
export interface Holder {
  readonly threadId: number;
  readonly permits: number;
}

/** Who waits for an object, in the order that they would be served in. */
export interface Waiter {
  readonly threadId: number;
  /** How many permits it wants; 0 where there are none to want. */
  readonly permits: number;
  /** Whether its thread is blocked for it. */
  readonly sync: boolean;
  /** From 0 to 7: the higher go first. */
  readonly priority: number;
  /** For how long, in milliseconds. */
  readonly waitedMs: number;
}

/** A shared object, as it was at one moment. */
export interface ObjectState {
  readonly kind: KindName;
  readonly name: string | undefined;
  readonly closed: boolean;
  /**
   * What the kind says of itself: `{ available: 1, permits: 4 }` of a Semaphore. With `maxWaiting` and
   * `aging` where one was given.
   */
  readonly state: Readonly<Record<string, number | boolean>>;
  readonly holders: readonly Holder[];
  readonly waiters: readonly Waiter[];
}

const kindNames = Object.fromEntries(Object.entries(Kind).map(([name, id]) => [id, name])) as Record<number, KindName>;

const stateOf: Record<KindName, (object: InspectedObject) => Record<string, number | boolean>> = {
  Semaphore: ({ free, total }) => ({ available: free, permits: total }),
  Mutex: ({ free, flags }) => ({ locked: free <= 0, abandoned: (flags & Flag.ABANDONED) !== 0 }),
  RwLock: ({ free, flags }) => ({
    readers: free <= 0 ? 0 : MAX_PERMITS - free,
    writing: free <= 0,
    abandoned: (flags & Flag.ABANDONED) !== 0,
  }),
  Condition: () => ({}),
  Signal: ({ free }) => ({ count: free }),
  Event: ({ free, flags }) => ({ isSet: free > 0, autoReset: (flags & Flag.AUTO_RESET) !== 0 }),
  Latch: ({ free }) => ({ count: 1 - free }),
  Barrier: ({ total, flags }) => ({ parties: total, broken: (flags & Flag.BROKEN) !== 0 }),
  RateLimit: ({ free, total, max, interval }) => ({ limit: total, interval, burst: max, available: free }),
};

/** By thread: one that has attached an object several times keeps a ledger for each. */
function holdersOf({ holders }: InspectedObject): Holder[] {
  const held = new Map<number, number>();
  for (const { thread, permits } of holders) held.set(thread, (held.get(thread) ?? 0) + permits);
  return Array.from(held, ([threadId, permits]) => ({ threadId, permits }));
}

/** One line for an object, one for each holder and waiter. */
class Inspected implements ObjectState {
  readonly kind: KindName;
  readonly name: string | undefined;
  readonly closed: boolean;
  readonly state: Readonly<Record<string, number | boolean>>;
  readonly holders: readonly Holder[];
  readonly waiters: readonly Waiter[];

  constructor(kind: KindName, object: InspectedObject) {
    this.kind = kind;
    this.name = object.name === '' ? undefined : object.name;
    this.closed = (object.flags & Flag.CLOSED) !== 0;
    const { aging, maxWaiting } = object;
    this.state = { ...stateOf[kind](object), ...(maxWaiting < 0 ? {} : { maxWaiting }), ...agingShown(aging) };
    this.holders = holdersOf(object);
    this.waiters = object.waiters.map(({ thread, ...waiter }) => ({ threadId: thread, ...waiter }));
  }

  [format.custom](_depth: number, options: object): string {
    const title = this.name === undefined ? this.kind : `${this.kind} ${JSON.stringify(this.name)}`;
    const lines = [`${title}${this.closed ? ' closed' : ''} ${format(this.state, options)}`];
    for (const { threadId, permits } of this.holders) lines.push(`  held by thread ${threadId}: ${permits}`);
    for (const { threadId, permits, sync, priority, waitedMs } of this.waiters) {
      const how = `${sync ? 'blocked' : 'waiting'} for ${waitedMs} ms`;
      const urgent = priority > 0 ? `, priority ${priority}` : '';
      lines.push(`  thread ${threadId} ${how}${permits > 1 ? `, wants ${permits}` : ''}${urgent}`);
    }
    return lines.join('\n');
  }
}

/** What the waiting room of this process, or of another, says of its objects. */
export function statesOf(objects: readonly InspectedObject[]): readonly ObjectState[] {
  return objects.flatMap((object) => {
    const kind = kindNames[object.kind];
    return kind === undefined ? [] : [new Inspected(kind, object)];
  });
}

/**
 * Every live shared object of the process, with who holds it and who waits for it, by `threadId`. For people: print it.
 *
 * A picture of moments that lie close together, since no thread is stopped for it.
 */
export function inspect(): readonly ObjectState[] {
  return statesOf(native.inspect());
}
