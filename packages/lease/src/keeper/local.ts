/** The semaphore that the threads of this process share, as its keeper sees and moves it. */
import { threadId } from 'node:worker_threads';
import { type Event, inspect, type Semaphore } from '@eventfd/semaphore';

export class Local {
  readonly #semaphore: Semaphore;
  readonly #bell: Event;
  readonly #onChange: () => void;
  readonly #closing = new AbortController();
  /** Permits that are to be taken away as they come free, and have been from the semaphore's number already. */
  #debt = 0;
  #armed = false;
  #attending = false;
  /** While something is owed, the keeper stands in the queue itself: else nobody might, and no release would ring. */
  #standing: AbortController | undefined;

  /**
   * @param bell the semaphore's
   * @param onChange somebody waits, after `arm`; or something that was owed has come free
   */
  constructor(semaphore: Semaphore, bell: Event, onChange: () => void) {
    this.#semaphore = semaphore;
    this.#bell = bell;
    this.#onChange = onChange;
  }

  get free(): number {
    return this.#semaphore.available;
  }

  get inUse(): number {
    return this.#semaphore.permits - this.#semaphore.available;
  }

  /** What there is here: held by threads, or to be had by them. */
  get keeps(): number {
    return this.#semaphore.permits + this.#overdrawn;
  }

  /** Waits for permits, of all threads. */
  get waiting(): number {
    return Math.max(0, this.#semaphore.waiting - (this.#standing === undefined ? 0 : 1));
  }

  /** How many permits they wait for. Slow: it looks at every object there is. Of several of this name, the one that most is wanted of. */
  get demand(): number {
    const { name } = this.#semaphore;
    const sums = inspect()
      .filter((object) => object.kind === 'Semaphore' && object.name === name)
      .map(({ waiters }) =>
        waiters.filter((each) => each.threadId !== threadId).reduce((sum, each) => sum + each.permits, 0),
      );
    return Math.max(0, ...sums);
  }

  add(permits: number): void {
    if (permits > 0) this.#semaphore.grow(permits);
  }

  /** Adds permits, of which there are `keep` from then on: what more is here goes back as it comes free, before those who wait have it. */
  grant(permits: number, keep: number): void {
    const { permits: before } = this.#semaphore;
    const after = Math.min(keep, before + this.#overdrawn + permits);
    const recall = before + permits - after;
    if (recall > 0) this.#semaphore.grow(permits, { recall });
    else this.#semaphore.grow(permits - recall);
    this.#setDebt(this.#overdrawn);
    this.#attend();
  }

  /** Takes permits away, held ones as they come back. */
  remove(permits: number): void {
    const less = Math.min(permits, this.#semaphore.permits);
    if (less > 0) this.#semaphore.shrink(less);
  }

  /** There are so many from now on, whatever was owed. */
  set(permits: number): void {
    this.#setDebt(0);
    const more = permits - this.#semaphore.permits;
    this.add(more);
    this.remove(-more);
  }

  /** Takes up to so many permits away that are free, and of none that a waiter is owed. Returns how many. */
  takeFree(permits: number): number {
    for (let count = Math.min(permits, this.free); count > 0; count = Math.min(count - 1, this.free)) {
      const permit = this.#semaphore.tryAcquire(count);
      permit?.forget();
      if (permit !== undefined) return count;
    }
    return 0;
  }

  /** From now on so many permits are taken away as they come free, before those who wait here have them. */
  owe(permits: number): void {
    const more = permits - Math.min(this.#debt, this.#overdrawn);
    if (more > 0) this.remove(more);
    else this.add(-more);
    this.#setDebt(permits);
    this.#attend();
  }

  get owed(): number {
    return this.#debt;
  }

  /** Tells, once, when somebody waits. */
  arm(): void {
    this.#armed = true;
    this.#attend();
  }

  close(): void {
    this.#armed = false;
    this.#setDebt(0);
    this.#closing.abort();
  }

  /** Permits that are held, and taken away when they come back. */
  get #overdrawn(): number {
    return Math.max(0, -this.#semaphore.available);
  }

  #setDebt(debt: number): void {
    this.#debt = debt;
    this.#stand();
  }

  /** Stands in the queue as long as something is owed. */
  #stand(): void {
    if (this.#debt === 0) {
      this.#standing?.abort();
      this.#standing = undefined;
    } else if (this.#standing === undefined && !this.#semaphore.closed) {
      const standing = new AbortController();
      this.#standing = standing;
      this.#semaphore.acquire({ signal: standing.signal, ref: false }).then(
        (permit) => {
          // Everything owed has come free, and one more, which goes back too.
          permit.forget();
          if (this.#standing === standing) this.#standing = undefined;
          this.#onChange();
        },
        () => {}, // aborted, or the semaphore is closed
      );
    }
  }

  /** Looks, now and whenever the bell rings, for as long as there is something to look for. */
  #attend(): void {
    const debt = Math.min(this.#debt, this.#overdrawn);
    let changed = debt < this.#debt;
    this.#debt = debt;
    if (this.#armed && this.waiting > 0) {
      this.#armed = false;
      changed = true;
    }
    // First of all: a process may wait for what has come free. A bell that rings meanwhile is heard below.
    if (changed) this.#onChange();
    this.#stand();
    if (this.#attending || (!this.#armed && this.#debt === 0)) return;
    this.#attending = true;
    this.#bell.wait({ signal: this.#closing.signal, ref: false }).then(
      () => {
        this.#attending = false;
        this.#attend();
      },
      () => {}, // this is closed, or the event is
    );
  }
}
