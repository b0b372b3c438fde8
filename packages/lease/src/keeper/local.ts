/** The semaphore that the threads of this process share, as its keeper sees and moves it. */
import type { Semaphore } from '@eventfd/semaphore';

/** How often a queue or a debt is looked at where the semaphore cannot tell. */
const LOOK_MS = 10;

export class Local {
  readonly #semaphore: Semaphore;
  readonly #onChange: () => void;
  #debt = 0;
  #armed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange somebody waits, after `arm`; or something that was owed has come free */
  constructor(semaphore: Semaphore, onChange: () => void) {
    this.#semaphore = semaphore;
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

  get waiting(): number {
    return this.#semaphore.waiting;
  }

  add(permits: number): void {
    if (permits > 0) this.#semaphore.grow(permits);
  }

  /** Takes permits away, held ones as they come back. */
  remove(permits: number): void {
    const less = Math.min(permits, this.#semaphore.permits);
    if (less > 0) this.#semaphore.shrink(less);
  }

  /** There are so many from now on, whatever was owed. */
  set(permits: number): void {
    this.#debt = 0;
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
    this.#debt = Math.min(this.#debt, this.#overdrawn);
    const more = permits - this.#debt;
    this.#debt = permits;
    if (more > 0) this.remove(more);
    else this.add(-more);
    this.#look();
  }

  get owed(): number {
    return this.#debt;
  }

  /** Tells, once, when somebody waits. */
  arm(): void {
    this.#armed = true;
    this.#look();
  }

  close(): void {
    this.#armed = false;
    this.#debt = 0;
    clearTimeout(this.#timer);
  }

  /** Permits that are held, and taken away when they come back. */
  get #overdrawn(): number {
    return Math.max(0, -this.#semaphore.available);
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (this.#overdrawn < this.#debt) {
      this.#debt = this.#overdrawn;
      this.#onChange();
    }
    if (this.#armed && this.waiting > 0) {
      this.#armed = false;
      this.#onChange();
    }
    if (this.#armed || this.#debt > 0) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }
}
