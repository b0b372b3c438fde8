/** The Web Locks of a process, as `inspect` shows objects: one for each name that somebody holds or waits for. */
import type { QueriedLocks } from 'eventfd/internal';
import type { Holder, ObjectState, Waiter } from '../inspect.js';
import type { LockMode } from './lock.js';

interface Found {
  readonly name: string;
  /** By thread: it may hold several that are shared. */
  readonly holders: Map<number, Holder>;
  readonly waiters: Waiter[];
}

const modeOf = (shared: boolean): LockMode => (shared ? 'shared' : 'exclusive');

export function webLockStates({ held, pending }: QueriedLocks): ObjectState[] {
  const all = new Map<string, Found>();
  const of = (name: string): Found => {
    const found = all.get(name) ?? { name, holders: new Map(), waiters: [] };
    all.set(name, found);
    return found;
  };
  for (const { name, shared, thread, ms } of held) {
    const { holders } = of(name);
    const { permits = 0, heldMs = ms } = holders.get(thread) ?? {};
    holders.set(thread, { threadId: thread, permits: permits + 1, mode: modeOf(shared), heldMs });
  }
  for (const { name, shared, thread, ms } of pending) {
    const { waiters } = of(name);
    waiters.push({
      threadId: thread,
      permits: 1,
      mode: modeOf(shared),
      sync: false,
      priority: 0,
      waitedMs: ms,
    });
  }
  return Array.from(all.values(), ({ name, holders, waiters }) => ({
    kind: 'WebLock',
    // Its name is what it is known by, and no other's.
    id: `web-lock:${name}`,
    name,
    closed: false,
    state: { held: holders.size > 0, shared: [...holders.values()].some(({ mode }) => mode === 'shared') },
    holders: [...holders.values()],
    waiters,
  }));
}
