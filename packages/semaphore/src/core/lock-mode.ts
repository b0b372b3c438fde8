/** An RwLock is locked to read or to write. Its cell counts readers; who writes takes all that it can count. */
import { type KindName, MAX_PERMITS } from './cell.js';

export type LockMode = 'read' | 'write';

/** How many are held or wanted, as people count: a writer is one. */
export interface Amount {
  readonly permits: number;
  /** Of an RwLock. */
  readonly mode?: LockMode;
}

export function amountOf(kind: KindName, permits: number): Amount {
  if (kind !== 'RwLock') return { permits };
  return permits === MAX_PERMITS ? { permits: 1, mode: 'write' } : { permits, mode: 'read' };
}

/** In words: `2`, `2 to read`, `1 to write`. */
export function amountText({ permits, mode }: Amount): string {
  return mode === undefined ? `${permits}` : `${permits} to ${mode}`;
}
