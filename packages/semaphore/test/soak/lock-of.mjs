/** Which of support/locks.mjs stands for a class. */
import { locks } from '../support/locks.mjs';

const NAMES = { Semaphore: 'Semaphore(3)', Mutex: 'Mutex', RwLock: 'RwLock to write' };

export function lockOf(kind) {
  return locks[NAMES[kind]];
}
