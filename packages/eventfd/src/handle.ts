/** What stands for an EventFd in a message, and how it is told from everything else that may arrive. */
import { InvalidHandleError } from './errors.js';
import { native } from './native.js';
import { received } from './validate.js';

const TYPE = 'EventFd';

/**
 * Names an eventfd that is shared within one process. A plain object, so structured clone copies it as it is; only `id` and
 * `addon` are looked at to find the descriptor, which lives as long as a thread has it attached.
 */
export interface EventFdHandle {
  readonly type: 'EventFd';
  /** The copy of the native addon, in this run of the process, that knows the id. */
  readonly addon: number;
  readonly id: number;
  readonly fd: number;
  readonly semaphore: boolean;
  readonly name?: string;
}

type Facts = Pick<EventFdHandle, 'id' | 'fd' | 'semaphore'>;

/** The handle of a descriptor attached by this thread. */
export function makeHandle({ id, fd, semaphore }: Facts, name: string | undefined): EventFdHandle {
  const handle = { type: TYPE, addon: native.addonId, id, fd, semaphore } as const;
  return Object.freeze(name === undefined ? handle : { ...handle, name });
}

/**
 * Requires a handle, or an object with one as its `handle`, made by this copy of the addon. What it returns is a copy:
 * a proxy may say something else when it is asked again.
 *
 * @throws {InvalidHandleError} saying what was found
 */
export function requireHandle(source: unknown): EventFdHandle {
  if (!isObject(source)) throw new InvalidHandleError(`Not the handle of an EventFd: ${received(source)}`);
  const handle = 'handle' in source ? source.handle : source;
  if (!isObject(handle)) throw new InvalidHandleError(`Not the handle of an EventFd: ${received(handle)}`);
  const { type, addon, id, fd, semaphore, name } = handle as Partial<Record<keyof EventFdHandle, unknown>>;
  if (type !== TYPE) {
    throw new InvalidHandleError(`Not the handle of an EventFd: ${received(handle)} with type ${received(type)}`);
  }
  if (addon !== native.addonId) {
    throw new InvalidHandleError(
      `The EventFd is of another process, or of another copy of the addon: found ${received(addon)}, this is ${native.addonId}`,
      'To another process pass its descriptor, in `stdio`; of two copies, which `npm ls eventfd` shows, keep one',
    );
  }
  const sound =
    Number.isSafeInteger(id) &&
    typeof fd === 'number' &&
    typeof semaphore === 'boolean' &&
    (name === undefined || typeof name === 'string');
  if (!sound) throw new InvalidHandleError(`The handle of an EventFd is damaged: id is ${received(id)}`);
  return { type, addon, id, fd, semaphore, ...(name === undefined ? {} : { name }) } as EventFdHandle;
}

/** What to throw when the handle does not say of its id what is known. */
export function damagedHandle(found: Facts, known: Facts): InvalidHandleError {
  const tell = ({ fd, semaphore }: Facts) => `descriptor ${fd}, semaphore ${semaphore}`;
  return new InvalidHandleError(
    `The handle of an EventFd is damaged: found ${tell(found)}, id ${known.id} is ${tell(known)}`,
  );
}

/** What to throw when no thread of the process has attached what the handle names. */
export function staleHandle({ id, fd, name }: EventFdHandle): InvalidHandleError {
  const label = name === undefined ? '' : ` ${JSON.stringify(name)}`;
  return new InvalidHandleError(
    `The EventFd${label} is gone: found id ${id}, once descriptor ${fd}, attached nowhere`,
    'Keep the object that was posted until the receiver has attached it',
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
