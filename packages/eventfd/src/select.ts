/** What is common to the selects over several EventFds, which may be of several copies of this module. */
import { systemError } from './errors.js';
import type { EventFd } from './event-fd.js';
import { requireHandle } from './handle.js';
import { native } from './native.js';
import { invalidArgType, invalidArgValue } from './validate.js';
import type { Place } from './wait-queue.js';

/**
 * What an EventFd of any copy of this module has, over one addon. `instanceof` would tell the copies apart, which a loader or
 * a test runner makes several of in one thread.
 */
export const READERS: unique symbol = Symbol.for(`eventfd.readers.${native.addonId}`);

interface Readable {
  readonly fd: number;
  [READERS](): Place;
}

/** Requires an EventFd, of whichever copy of this module. */
export function requireEventFd(name: string, value: unknown): Readable {
  const { [READERS]: readers, handle } = Object(value) as Partial<Readable & EventFd>;
  if (typeof readers === 'function') return value as Readable;
  if (handle?.type === 'EventFd') requireHandle(value); // of another addon: it says so
  throw invalidArgType(name, 'an instance of EventFd', value);
}

/** Where to wait, what to poll, and a look at which can be read now; undefined when none can. */
export function readable(list: readonly EventFd[]) {
  if (!Array.isArray(list)) throw invalidArgType('list', 'an array of EventFd', list);
  if (list.length === 0) throw invalidArgValue('list', 'is empty: nothing would end the wait', list);
  const owners = Array.from(list, (efd: unknown, i) => requireEventFd(`list[${i}]`, efd));
  const places = owners.map((efd) => efd[READERS]());
  const fds = owners.map((efd) => efd.fd);
  const polled = Int32Array.from(fds);
  const ready = new Uint8Array(polled.length);
  const attempt = () => {
    const error = native.pollFds(polled, ready, 0, false);
    if (error < 0) throw systemError(-error, 'poll');
    const found = owners.filter((_, i) => ready[i] === 1);
    return found.length === 0 ? undefined : (found as unknown as EventFd[]);
  };
  return { places, fds, attempt };
}
