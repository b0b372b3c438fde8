/** An RwLock is locked to read or to write. Its cell counts readers; who writes takes all that it can count. */
import type { LockMode as WebLockMode } from '../web-locks/lock.js';
import { type KindName, MAX_PERMITS } from './cell.js';

/** What an RwLock is held or waited for: to `read`, along with others that read, or to `write`, alone. */
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

/** In words: `2`, `2 to read`, `1 to write`; of a Web Lock `1 exclusive`, `2 shared`. */
export function amountText({ permits, mode }: { permits: number; mode?: LockMode | WebLockMode }): string {
  return mode === undefined ? `${permits}` : `${permits} ${modeText(mode)}`;
}

export const modeText = (mode: LockMode | WebLockMode) => (mode === 'read' || mode === 'write' ? `to ${mode}` : mode);
