/** The classes by name, for workers that are told what to attach. */
import { Barrier, Condition, Event, Latch, Mutex, RateLimit, RwLock, Semaphore, Signal } from '@eventfd/semaphore';

export const classes = { Barrier, Condition, Event, Latch, Mutex, RateLimit, RwLock, Semaphore, Signal };

/** What was posted, whichever class it is of. */
export function attach(posted) {
  return classes[posted.handle.kind].from(posted);
}
