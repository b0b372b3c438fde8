/** What the adapters of the servers' clients have in common. */

export interface ConnectionEvents {
  /** It is connected, and hears what is published. */
  up(): void;
  down(reason: unknown): void;
  /** What was published, to this session alone. */
  message(text: string): void;
}

/** Tries to connect follow each other at this distance, in milliseconds. */
export function pause(tries: number): number {
  return Math.min(1000, 25 * 2 ** Math.min(tries, 6));
}

/** Of two connections: tells once both are there, and each time one is gone. */
export function whenBoth(events: ConnectionEvents) {
  const there = new Set<string>();
  return {
    up(which: string): void {
      there.add(which);
      if (there.size === 2) events.up();
    },
    down(which: string, reason: unknown): void {
      there.delete(which);
      events.down(reason);
    },
  };
}

/**
 * The first of the clients that is installed.
 *
 * @throws Error `ERR_LEASE_NO_CLIENT`
 */
export async function loadFirst<N extends string, C>(
  names: readonly N[],
  load: Record<N, () => Promise<C>>,
): Promise<C> {
  for (const name of names) {
    try {
      return await load[name]();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) continue;
      throw error;
    }
  }
  const message = `No client for this engine is installed: npm install ${names.join(', or ')}`;
  throw Object.assign(new Error(message), { code: 'ERR_LEASE_NO_CLIENT' });
}
