/** The only declaration of what the addon exports. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** native/bind_eventfd.cc: Python's functions, and what the class EventFd stands on. */
export type EventFdBinding = Record<never, never>;

/** native/bind_room.cc: the waiting room. */
export type RoomBinding = Record<never, never>;

const load = createRequire(import.meta.url)('node-gyp-build') as (root: string) => EventFdBinding & RoomBinding;

export const native = load(fileURLToPath(new URL('..', import.meta.url)));
