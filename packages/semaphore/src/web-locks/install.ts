import { Lock } from './lock.js';
import { LockManager, locks } from './lock-manager.js';

/**
 * Puts `locks` at `navigator.locks`, in place of Node's own where there is one, and `LockManager` and `Lock` among the globals;
 * where there is no `navigator` (Node 20), makes one that has nothing else. Each thread does this for itself. Requests that
 * were made to Node's own stay with it.
 *
 * @throws TypeError of the language's when somebody has frozen `navigator` or the global object
 */
export function install(): void {
  if ((globalThis as { navigator?: unknown }).navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, writable: true, configurable: true, enumerable: true });
  }
  const { navigator } = globalThis as unknown as { navigator: object };
  Object.defineProperty(navigator, 'locks', { get: () => locks, configurable: true, enumerable: true });
  for (const [name, value] of Object.entries({ LockManager, Lock })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
