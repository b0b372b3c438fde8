import { randomUUID } from 'node:crypto';
import { Event, Mutex, type MutexGuard, Semaphore } from '@eventfd/semaphore';
import { AttachedLease } from './attached.js';
import { invalidType, requireObject, requireText, requireWhole } from './check.js';
import { type EngineSource, type PostedSource, postedOf } from './engine.js';
import { LeaseClosedError } from './errors.js';
import { type Host, hostOfThread, newNumber, numberOfEngine } from './keeper/host.js';
import type { Terms } from './keeper/keeper.js';
import type { News, Open } from './keeper/messages.js';
import { requireLinux } from './platform.js';
import { type LeaseHandle, LeaseView, MAX_PERMITS } from './view.js';

/** The longest that a timer takes. */
const MAX_MS = 2 ** 31 - 1;

/** What is leased, of whom, and on which terms. */
export interface LeaseOptions {
  /** How many there are in the whole fleet: an integer from 1 to 2 ** 29 - 1. All who lease this name say the same number. */
  permits: number;
  /** Who keeps account: `redis(...)`, `postgres(...)` or `machine()`. */
  engine: EngineSource;
  /** How long the engine keeps what a process that has gone silent held, in milliseconds; 10,000 by default, at least 500. */
  ttl?: number | undefined;
  /** How long before the end of the ttl nothing is granted any more, in milliseconds; a fifth of the ttl by default. */
  margin?: number | undefined;
  /** Half of what lies idle is given back so often, in milliseconds; 1,000 by default. */
  idle?: number | undefined;
  /** How long to wait for the engine at the start, in milliseconds; 5,000 by default. */
  timeout?: number | undefined;
  /** How many permits this process goes on with while the engine cannot be reached; 0 by default. */
  whenUnreachable?: number | undefined;
}

/**
 * Leases permits of a name that many processes share, on one machine or many: at most so many of you in the whole fleet.
 *
 * The process holds a part of them, as many as its threads want and others leave it, and hands them out by `lease.semaphore`, an
 * ordinary Semaphore. A thread of its own, the keeper, asks for more when threads wait, gives back what lies idle, and renews;
 * docs/leases.md says what that promises.
 *
 * @param name of the limit: 1 to 200 characters
 * @throws (rejects) TypeError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, RangeError `ERR_OUT_OF_RANGE`;
 *   LeaseMismatchError `ERR_LEASE_MISMATCH` when the name is in use with another number of permits; LeaseUnreachableError
 *   `ERR_LEASE_UNREACHABLE` when the engine does not answer within `timeout`, with its `cause`; Error
 *   `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` on another system than Linux
 */
export async function lease(name: string, options: LeaseOptions): Promise<Lease> {
  const terms = check(name, options);
  requireLinux();
  const bell = new Event({ autoReset: true, name });
  // Fair, so that what is granted here goes to who waits, and to nobody else.
  const semaphore = new Semaphore(0, { name, bell, fair: true, max: MAX_PERMITS });
  // Held by the thread whose keeper renews the lease; when that thread ends, the next that stands by has it.
  const keeping = new Mutex({ name });
  const guard = keeping.tryLock();
  const number = newNumber();
  const host = hostOfThread();
  const channel = `eventfd-lease ${randomUUID()}`;
  const made = new Lease({ semaphore, bell, keeping, guard, terms, channel, number, host });
  const { module, options: settings } = postedOf(options.engine) as PostedSource;
  const engine = numberOfEngine(options.engine);
  try {
    await host.open(number, made.request({ module, options: settings }, engine), made.kept);
  } catch (error) {
    guard?.unlock();
    for (const each of [semaphore, bell, keeping]) each[Symbol.dispose]();
    throw error;
  }
  return made;
}

interface Parts {
  readonly semaphore: Semaphore;
  readonly bell: Event;
  readonly keeping: Mutex;
  /** Of `keeping`. */
  readonly guard: MutexGuard | undefined;
  readonly terms: Terms;
  readonly channel: string;
  readonly number: number;
  readonly host: Host;
}

/** Permits of a name that many processes share. Made by `lease`. */
export class Lease extends LeaseView {
  readonly #parts: Parts;
  #closed: Promise<void> | undefined;

  /** @internal */
  readonly kept = {
    onNews: (news: News): void => this.hear(news),
    onEnd: (why: Error): void => this.#onEnd(why),
  };

  /** @internal */
  constructor(parts: Parts) {
    super(parts.semaphore, parts.terms.name);
    this.#parts = parts;
  }

  /**
   * Attaches this thread to a lease of another: what arrived of its `handle`.
   *
   * With an engine this thread **stands by**: when the thread that renews the lease ends, the keeper of the next that stands by goes on
   * with it, as soon as its loop turns. Nothing is granted until it has told the engine what is in use.
   *
   * @throws TypeError `ERR_INVALID_ARG_TYPE`; InvalidHandleError `ERR_INVALID_HANDLE` when it is none, or has ended
   */
  static from(handle: LeaseHandle | { handle: LeaseHandle }, options: AttachOptions = {}): AttachedLease {
    const { engine } = requireObject('options', options) as AttachOptions;
    if (engine !== undefined) requireEngine(engine);
    return new AttachedLease(handle, engine);
  }

  /** What to post to another thread, for `Lease.from`. How the engine is reached is not in it. */
  get handle(): LeaseHandle {
    const { semaphore, bell, keeping, terms, channel } = this.#parts;
    const handles = { semaphore: semaphore.handle, bell: bell.handle, keeping: keeping.handle };
    return { kind: 'Lease', ...handles, terms, channel, news: this.news };
  }

  /** @internal */
  request(source: Open['source'], engine: number): Open {
    const { number, terms, semaphore, bell, channel } = this.#parts;
    const handles = { semaphore: semaphore.handle, bell: bell.handle };
    return { open: number, terms, ...handles, engine, source, channel, predecessor: undefined };
  }

  /**
   * Changes how many permits there are, for the whole fleet. Of those that are leased beyond that, none is granted again when it comes
   * back.
   *
   * @throws (rejects) RangeError `ERR_OUT_OF_RANGE`; LeaseUnreachableError `ERR_LEASE_UNREACHABLE`; LeaseClosedError `ERR_LEASE_CLOSED`
   */
  async resize(permits: number): Promise<void> {
    requireWhole('permits', permits, 1, MAX_PERMITS);
    if (this.#closed !== undefined) throw this.#closedError();
    await this.#parts.host.call({ resize: this.#parts.number, permits });
  }

  /**
   * Ends the lease, for all threads: waits for permits get a ClosedError, and everything goes back to the engine. Waits until what is in
   * use has come back, for up to the ttl.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The same, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { semaphore, keeping, number, host } = this.#parts;
    keeping.close(); // nobody goes on with it
    semaphore.close();
    await host.call({ close: number }).catch(() => {}); // the keeper has ended: so has the lease
    this.endWith(this.#closedError());
    this.#free();
    host.forget(number);
  }

  /** The memory is another's once all threads have let go of it. */
  #free(): void {
    const { semaphore, bell, keeping, guard } = this.#parts;
    guard?.unlock();
    for (const each of [semaphore, bell, keeping]) each[Symbol.dispose]();
  }

  #closedError(): LeaseClosedError {
    return new LeaseClosedError(`The lease ${JSON.stringify(this.name)} is closed`);
  }

  #onEnd(why: Error): void {
    this.#closed ??= Promise.resolve();
    this.#parts.keeping.close();
    this.semaphore.close();
    this.endWith(why);
    this.#free();
    this.emit('state', 'lost', why);
  }
}

/** How a thread attaches to a lease. */
export interface AttachOptions {
  /** How the engine is reached, to stand by. The same as that of the thread that leased. */
  engine?: EngineSource | undefined;
}

function check(name: unknown, options: unknown): Terms {
  requireText('name', name, 200);
  const { permits, engine, ttl = 10_000, ...others } = requireObject('options', options) as LeaseOptions;
  requireWhole('options.permits', permits, 1, MAX_PERMITS);
  requireEngine(engine);
  requireWhole('options.ttl', ttl, 500, MAX_MS);
  const { margin = Math.round(ttl / 5), idle = 1000, timeout = 5000, whenUnreachable = 0 } = others;
  return {
    name: name as string,
    permits,
    ttl,
    margin: requireWhole('options.margin', margin, 1, Math.floor(ttl / 2)),
    idle: requireWhole('options.idle', idle, 10, MAX_MS),
    timeout: requireWhole('options.timeout', timeout, 1, MAX_MS),
    whenUnreachable: requireWhole('options.whenUnreachable', whenUnreachable, 0, permits),
  };
}

function requireEngine(engine: unknown): void {
  if (postedOf(engine) !== undefined) return;
  throw invalidType('options.engine', 'what redis(), postgres() or machine() made', engine);
}
