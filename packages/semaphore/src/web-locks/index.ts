/** The standard's Web Locks (https://w3c.github.io/web-locks/), for the threads of a process; docs/web-locks.md. */

export { install } from './install.js';
export { Lock, type LockMode } from './lock.js';
export { type LockInfo, LockManager, type LockManagerSnapshot, locks } from './lock-manager.js';
export type { LockGrantedCallback, LockOptions } from './options.js';
