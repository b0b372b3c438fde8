/**
 * async-mutex's interface over our classes, thin, to run its rules against them.
 *
 *     async-mutex                    here
 *     acquire(weight)                acquire({ permits }); the value is what was available just before
 *     release(weight), no releaser   releases what is held, the oldest first; with nothing held, grow()
 *     setValue(value)                grow() or shrink() by the difference
 *     waitForUnlock(weight)          acquires and releases: for a moment it holds what it waited for
 *     cancel()                       aborts what waits
 *     withTimeout, tryAcquire        the option `timeout`; tryAcquire(), tryLock()
 *     a negative value               permits that were taken away while they were held, and forgotten
 *
 * Fair, since async-mutex hands what is released to the first in its queue at once. Its priorities are left out: our
 * queues have none.
 */
import { type MutexGuard, Mutex as OurMutex, Semaphore as OurSemaphore, type Permit } from '@eventfd/semaphore';

export const E_CANCELED = new Error('canceled');
export const E_TIMEOUT = new Error('too late');
export const E_ALREADY_LOCKED = new Error('locked already');

type Releaser = () => void;
/** How to wait: without end, for so long, or not at all. */
interface Patience {
  readonly timeout?: number;
  readonly error?: Error;
}
const WITHOUT_END: Patience = {};
const NOT_AT_ALL = 0;

/** What both classes do in the same way: wait, and give up. */
abstract class Adapter {
  readonly #cancelError: Error;
  readonly #patience: Patience;
  #cancelled = new AbortController();

  protected constructor(cancelError: Error, patience: Patience) {
    this.#cancelError = cancelError;
    this.#patience = patience;
  }

  cancel(): void {
    this.#cancelled.abort(this.#cancelError);
    this.#cancelled = new AbortController();
  }

  protected get options() {
    return { signal: this.#cancelled.signal, timeout: this.#patience.timeout };
  }

  /** Its promise, with the error it is to have when it comes too late. */
  protected async patient<T>(wait: Promise<T>): Promise<T> {
    try {
      return await wait;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_TIMEOUT') throw error;
      throw this.#patience.error ?? (this.#patience.timeout === NOT_AT_ALL ? E_ALREADY_LOCKED : E_TIMEOUT);
    }
  }
}

export class Semaphore extends Adapter {
  readonly semaphore: OurSemaphore;
  readonly #held = new Set<Permit>();

  constructor(value: number | OurSemaphore, cancelError = E_CANCELED, patience = WITHOUT_END) {
    super(cancelError, patience);
    this.semaphore = value instanceof OurSemaphore ? value : withValue(value);
  }

  acquire(weight = 1): Promise<[number, Releaser]> {
    requirePositive(weight);
    const permit = this.semaphore.tryAcquire(weight);
    if (permit !== undefined) return Promise.resolve(this.#take(permit));
    const wait = this.semaphore.acquire({ ...this.options, permits: weight });
    return this.patient(wait).then((permit) => this.#take(permit));
  }

  runExclusive<T>(fn: (value: number) => T | Promise<T>, weight = 1): Promise<T> {
    const run = () => fn(this.semaphore.available + weight);
    return this.patient(this.semaphore.run(run, { ...this.options, permits: weight }));
  }

  waitForUnlock(weight = 1): Promise<void> {
    return this.acquire(weight).then(([, release]) => release());
  }

  isLocked(): boolean {
    return this.semaphore.available <= 0;
  }

  getValue(): number {
    return this.semaphore.available;
  }

  setValue(value: number): void {
    const more = value - this.semaphore.available;
    if (more > 0) this.semaphore.grow(more);
    if (more < 0) this.semaphore.shrink(-more);
  }

  release(weight = 1): void {
    requirePositive(weight);
    let left = weight;
    for (const permit of this.#held) {
      if (left === 0) return;
      const part = left < permit.count ? permit.split(left) : permit;
      left -= part.count;
      part.release();
      if (part === permit) this.#held.delete(permit);
    }
    if (left > 0) this.semaphore.grow(left);
  }

  #take(permit: Permit): [number, Releaser] {
    this.#held.add(permit);
    const release = () => {
      permit.release();
      this.#held.delete(permit);
    };
    return [this.semaphore.available + permit.count, release];
  }
}

export class Mutex extends Adapter {
  readonly mutex: OurMutex;
  #guard: MutexGuard | undefined;

  constructor(cancelError = E_CANCELED, mutex = new OurMutex({ fair: true }), patience = WITHOUT_END) {
    super(cancelError, patience);
    this.mutex = mutex;
  }

  acquire(): Promise<Releaser> {
    return this.patient(this.mutex.lock(this.options)).then((guard) => {
      this.#guard = guard;
      return () => guard.unlock();
    });
  }

  runExclusive<T>(fn: () => T | Promise<T>): Promise<T> {
    return this.patient(this.mutex.run(() => fn(), this.options));
  }

  waitForUnlock(): Promise<void> {
    return this.patient(this.mutex.lock(this.options)).then((guard) => guard.unlock());
  }

  isLocked(): boolean {
    return this.mutex.locked;
  }

  release(): void {
    this.#guard?.unlock();
  }
}

export function withTimeout<L>(lock: L, timeout: number, error?: Error): L {
  return over(lock, error === undefined ? { timeout } : { timeout, error });
}

export function tryAcquire<L>(lock: L, error = E_ALREADY_LOCKED): L {
  return over(lock, { timeout: NOT_AT_ALL, error });
}

function over<L>(lock: L, patience: Patience): L {
  if (lock instanceof Semaphore) return new Semaphore(lock.semaphore, E_CANCELED, patience) as L;
  if (lock instanceof Mutex) return new Mutex(E_CANCELED, lock.mutex, patience) as L;
  throw new TypeError('neither a Semaphore nor a Mutex of the adapter');
}

function requirePositive(weight: number): void {
  if (weight <= 0) throw new RangeError(`a weight is positive, not ${weight}`);
}

function withValue(value: number): OurSemaphore {
  // Their setValue may raise it at any time, so a wait for more than there are is no mistake there; here `max` says so.
  const options = { fair: true, max: 2 ** 29 - 1 };
  if (value >= 0) return new OurSemaphore(value, options);
  const semaphore = new OurSemaphore(-value, options);
  const permit = semaphore.acquireSync({ permits: -value });
  semaphore.shrink(-value);
  permit.forget();
  return semaphore;
}
