import { inspect } from 'node:util';
import { invalidArgType, native } from 'eventfd/internal';
import { agingShown } from './core/aging.js';
import { Cell, type Handle, type KindName, Word } from './core/cell.js';
// For its effect: a trace under way must see all that this thread makes and attaches.
import './trace/join.js';

/** What every shared object takes. */
export interface SharedObjectOptions {
  /** A label, shown in errors and by `inspect`: two objects of one `name` are two. See `open` for names that find each other. */
  name?: string | undefined;
  /**
   * Say so, through `process.emitWarning` and on the channel `eventfd:wait:long`, when a wait for it has lasted so many
   * milliseconds: once for each wait, with who holds it and who waits, also on threads that it is posted to. An integer from 1, or
   * `Infinity` for never. By default what EVENTFD_WARN_AFTER says, of Semaphore, Mutex and RwLock; else never.
   */
  warnAfter?: number | undefined;
}

/** What `open` takes where the object is made with nothing but numbers: how it is watched in this thread. */
export type NamedObjectOptions = Omit<SharedObjectOptions, 'name'>;

/**
 * What an object says of its kind, whichever copy of this package over one addon made it. `instanceof` would tell the copies
 * apart, which a loader or a test runner makes several of in one thread.
 */
const KIND: unique symbol = Symbol.for(`eventfd.kind.${native.addonId}`);

/** Requires an object of the class, of whichever copy of this package. */
export function requireShared(name: string, kind: KindName, value: unknown, alternative = ''): void {
  const { [KIND]: found, handle } = Object(value) as Partial<SharedObject>;
  if (found === kind) return;
  if (handle?.kind === kind) Cell.from(kind, value); // of another addon: it says so
  throw invalidArgType(name, `an instance of ${kind}${alternative}`, value);
}

/** What the classes that threads share have in common. */
export abstract class SharedObject {
  /** What is sent when the object is posted to another thread; the class's `from` attaches it there. */
  readonly handle: Handle;
  readonly #cell: Cell;

  /** @internal */
  protected constructor(cell: Cell) {
    // The only property of its own: a structured clone takes nothing else along.
    this.handle = cell.handle;
    this.#cell = cell;
  }

  /** @internal */
  get [KIND](): string {
    return this.handle.kind;
  }

  /** Waiters in the queue at this moment, on all threads. */
  get waiting(): number {
    return this.#cell.load(Word.WAITING);
  }

  /** Whether it was closed or disposed, by any thread. */
  get closed(): boolean {
    return this.#cell.closed;
  }

  /**
   * No other object of the process has it, now or ever, and it is the same on every thread: what `inspect()`, the channels of
   * `node:diagnostics_channel` and a trace call the object by.
   */
  get id(): string {
    return this.#cell.id;
  }

  /** As given to `open` or, for `inspect` and messages alone, to the constructor. */
  get name(): string | undefined {
    return this.handle.name;
  }

  /**
   * Ends the object on every thread: waiters, and whoever would wait later, get a ClosedError. What is held can be given
   * back as ever.
   */
  close(): void {
    this.#cell.close();
  }

  /**
   * Closes it and frees its memory for another; its handles attach no more. One that was opened by its name it lets go of:
   * others who have it open go on, and so does what is held or waited for.
   */
  [Symbol.dispose](): void {
    this.#cell.dispose();
  }

  /** The kind and the name, as in messages: `Semaphore "db"`. */
  toString(): string {
    return this.#cell.toString();
  }

  /** What `inspect` shows beside the number of waiters. */
  protected abstract details(): Record<string, unknown>;

  /** For `console.log`. */
  [inspect.custom](_depth: number, options: object): string {
    const { aging, maxWaiting } = this.#cell;
    const details = {
      ...(this.closed ? { closed: true } : {}),
      ...this.details(),
      waiting: this.waiting,
      // 0 of one that was disposed.
      ...(maxWaiting === Number.POSITIVE_INFINITY || this.closed ? {} : { maxWaiting }),
      ...(this.closed ? {} : agingShown(aging)),
    };
    return `${this.#cell} ${inspect(details, options)}`;
  }
}
