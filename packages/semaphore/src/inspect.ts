import { inspect as format } from 'node:util';
import { type InspectedObject, native } from 'eventfd/internal';
import { agingShown } from './core/aging.js';
import { Flag, Kind, type KindName, MAX_PERMITS } from './core/cell.js';

/** Where permits were acquired that are held, and for how long they have been. */
export interface Acquisition {
  /** Frames, a line each, as `Error.stack` has them: where the acquire was called. */
  readonly stack: string;
  readonly permits: number;
  /** How many acquires these are. */
  readonly holds: number;
  /** Since the first of them, in milliseconds. */
  readonly heldMs: number;
}

/** Who holds permits of an object. */
export interface Holder {
  readonly threadId: number;
  readonly permits: number;
  /** Of an object with `trackHolders`: where, those first that are held longest. Up to 4,096 acquires of a thread are noted. */
  readonly acquired?: readonly Acquisition[];
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
  const held = new Map<number, { permits: number; acquired: Acquisition[] }>();
  for (const { thread, permits, acquired } of holders) {
    const before = held.get(thread) ?? { permits: 0, acquired: [] };
    held.set(thread, { permits: before.permits + permits, acquired: [...before.acquired, ...acquired] });
  }
  return Array.from(held, ([threadId, { permits, acquired }]) => {
    if (acquired.length === 0) return { threadId, permits };
    return { threadId, permits, acquired: acquired.sort((a, b) => b.heldMs - a.heldMs) };
  });
}

/** Who holds it and where that was acquired, in lines. */
export function holderLines({ threadId, permits, acquired = [] }: Holder): string[] {
  const places = acquired.flatMap(({ stack, permits: some, holds, heldMs }) => {
    const times = holds === 1 ? '' : ` in ${holds} acquires, the first`;
    return [
      `    ${some} for ${heldMs} ms${times}, acquired`,
      ...stack.split('\n').map((frame) => `      ${frame.trim()}`),
    ];
  });
  return [`  held by thread ${threadId}: ${permits}`, ...places];
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
    for (const holder of this.holders) lines.push(...holderLines(holder));
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
