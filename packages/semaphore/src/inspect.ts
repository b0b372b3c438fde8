import { inspect as format } from 'node:util';
import { type InspectedObject, native, type QueriedLocks } from 'eventfd/internal';
import { agingShown } from './core/aging.js';
import { Flag, Kind, type KindName, MAX_PERMITS } from './core/cell.js';
import { objectId, titleOf } from './core/identity.js';
import { amountOf, amountText, type LockMode, modeText } from './core/lock-mode.js';
import type { LockMode as WebLockMode } from './web-locks/lock.js';
import { webLockStates } from './web-locks/states.js';

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
  /** How many; of an RwLock, how many times it reads, or that it writes once; of a Web Lock, how often it has that. */
  readonly permits: number;
  /** Of an RwLock, and of a Web Lock. */
  readonly mode?: LockMode | WebLockMode;
  /** Of a Web Lock: for how long, in milliseconds. Where it is shared and the thread has it several times, the first. */
  readonly heldMs?: number;
  /** Of an object with `trackHolders`: where, those first that are held longest. Up to 4,096 acquires of a thread are noted. */
  readonly acquired?: readonly Acquisition[];
}

/** Who waits for an object, in the order that they would be served in. */
export interface Waiter {
  readonly threadId: number;
  /** How many permits it wants; 0 where there are none to want. */
  readonly permits: number;
  /** Of an RwLock: what for. And of a Web Lock. */
  readonly mode?: LockMode | WebLockMode;
  /** Whether its thread is blocked for it. */
  readonly sync: boolean;
  /** From 0 to 7: the higher go first. */
  readonly priority: number;
  /** For how long, in milliseconds. */
  readonly waitedMs: number;
}

/** A shared object, as it was at one moment; or a Web Lock that is held or waited for. */
export interface ObjectState {
  readonly kind: KindName | 'WebLock';
  /** No other object of the process has it, now or ever; the same on every thread. */
  readonly id: string;
  readonly name: string | undefined;
  readonly closed: boolean;
  /**
   * What the kind says of itself: `{ available: 1, permits: 4 }` of a Semaphore, `{ held: true, shared: false }` of a Web Lock. With `maxWaiting` and
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
function holdersOf(kind: KindName, { holders }: InspectedObject): Holder[] {
  const held = new Map<number, { permits: number; acquired: Acquisition[] }>();
  for (const { thread, permits, acquired } of holders) {
    const before = held.get(thread) ?? { permits: 0, acquired: [] };
    const places = acquired.map((place) => ({ ...place, permits: amountOf(kind, place.permits).permits }));
    held.set(thread, { permits: before.permits + permits, acquired: [...before.acquired, ...places] });
  }
  return Array.from(held, ([threadId, { permits, acquired }]) => {
    const amount = amountOf(kind, permits);
    if (acquired.length === 0) return { threadId, ...amount };
    return { threadId, ...amount, acquired: acquired.sort((a, b) => b.heldMs - a.heldMs) };
  });
}

/** Who holds it and where that was acquired, in lines. */
export function holderLines({ threadId, permits, mode, heldMs, acquired = [] }: Holder): string[] {
  const places = acquired.flatMap(({ stack, permits: some, holds, heldMs }) => {
    const times = holds === 1 ? '' : ` in ${holds} acquires, the first`;
    return [
      `    ${some} for ${heldMs} ms${times}, acquired`,
      ...stack.split('\n').map((frame) => `      ${frame.trim()}`),
    ];
  });
  const since = heldMs === undefined ? '' : ` for ${heldMs} ms`;
  return [`  held by thread ${threadId}: ${amountText({ permits, ...(mode && { mode }) })}${since}`, ...places];
}

/** Who waits and for how long, in a line. */
export function waiterLine({ threadId, permits, mode, sync, priority, waitedMs }: Waiter): string {
  const how = `${sync ? 'blocked' : 'waiting'} for ${waitedMs} ms`;
  const what =
    mode === undefined
      ? permits > 1
        ? `, wants ${permits}`
        : ''
      : `, wants ${mode === 'read' || mode === 'write' ? '' : 'it '}${modeText(mode)}`;
  return `  thread ${threadId} ${how}${what}${priority > 0 ? `, priority ${priority}` : ''}`;
}

/** One line for an object, one for each holder and waiter. */
class Inspected implements ObjectState {
  readonly kind: ObjectState['kind'];
  readonly id: string;
  readonly name: string | undefined;
  readonly closed: boolean;
  readonly state: Readonly<Record<string, number | boolean>>;
  readonly holders: readonly Holder[];
  readonly waiters: readonly Waiter[];

  constructor({ kind, id, name, closed, state, holders, waiters }: ObjectState) {
    this.kind = kind;
    this.id = id;
    this.name = name;
    this.closed = closed;
    this.state = state;
    this.holders = holders;
    this.waiters = waiters;
  }

  static of(kind: KindName, object: InspectedObject): Inspected {
    const { aging, maxWaiting } = object;
    return new Inspected({
      kind,
      id: objectId(object),
      name: object.name === '' ? undefined : object.name,
      closed: (object.flags & Flag.CLOSED) !== 0,
      state: { ...stateOf[kind](object), ...(maxWaiting < 0 ? {} : { maxWaiting }), ...agingShown(aging) },
      holders: holdersOf(kind, object),
      waiters: object.waiters.map(({ thread, permits, ...waiter }) => ({
        threadId: thread,
        ...amountOf(kind, permits),
        ...waiter,
      })),
    });
  }

  [format.custom](_depth: number, options: object): string {
    const lines = [
      `${titleOf(this.kind, this.name, this.id)}${this.closed ? ' closed' : ''} ${format(this.state, options)}`,
    ];
    for (const holder of this.holders) lines.push(...holderLines(holder));
    for (const waiter of this.waiters) lines.push(waiterLine(waiter));
    return lines.join('\n');
  }
}

/** What the waiting room of this process, or of another, says of its objects. */
export function statesOf(objects: readonly InspectedObject[]): readonly ObjectState[] {
  return objects.flatMap((object) => {
    const kind = kindNames[object.kind];
    return kind === undefined ? [] : [Inspected.of(kind, object)];
  });
}

/** What is shown of a process: its objects, and its Web Locks. */
export function allStates(objects: readonly InspectedObject[], locks: QueriedLocks): readonly ObjectState[] {
  return [...statesOf(objects), ...webLockStates(locks).map((state) => new Inspected(state))];
}

/**
 * Every live shared object of the process, with who holds it and who waits for it, by `threadId`; after them the Web Locks of
 * `@eventfd/semaphore/web-locks` that somebody holds or waits for. For people: print it.
 *
 * A picture of moments that lie close together, since no thread is stopped for it.
 */
export function inspect(): readonly ObjectState[] {
  return allStates(native.inspect(), native.queryLocks());
}
