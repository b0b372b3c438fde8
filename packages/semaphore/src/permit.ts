import { invalidArgType, requireInteger } from 'eventfd/internal';
import type { BatchSemaphore } from './core/batch-semaphore.js';
import type { Hold } from './core/hold.js';

const PERMIT: unique symbol = Symbol.for('eventfd.permit');

/**
 * Permits that this thread holds, until `release()`, the end of a `using` block, or the end of the thread.
 *
 * Made by `Semaphore`. It stays in the thread that acquired it: permits are given back when that thread dies.
 */
export class Permit implements Hold {
  /** The only property of its own, for a structured clone to come across: it refuses to be cloned. @internal */
  declare readonly core: BatchSemaphore;
  #count: number;

  /** @internal */
  constructor(core: BatchSemaphore, count: number) {
    this.core = core;
    this.#count = count;
  }

  /** @internal */
  get [PERMIT](): boolean {
    return true;
  }

  /** How many permits it stands for; 0 once they are released, forgotten or merged. */
  get count(): number {
    return this.#count;
  }

  /** Gives the permits back and wakes whom they suffice for. Doing it twice is harmless. */
  release(): void {
    if (this.#count === 0) return;
    const result = this.core.release(this.#count);
    this.#count = 0;
    this.core.afterRelease(result, this);
  }

  /** The same, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** @internal */
  onAcquired(acquiredAt?: string): void {
    this.core.observer?.acquired(this, this.#count, acquiredAt);
  }

  /** Takes the permits out of circulation: the semaphore has that many fewer from now on. */
  forget(): void {
    if (this.#count === 0) return;
    const result = this.core.forget(this.#count);
    this.#count = 0;
    this.core.afterRelease(result, this);
  }

  /**
   * Splits permits off into a Permit of their own.
   *
   * @param count how many, from 1 to `this.count - 1`
   * @throws RangeError `ERR_OUT_OF_RANGE`, and nothing is split
   */
  split(count: number): Permit {
    requireInteger('count', count, 1, this.#count - 1);
    const part = new Permit(this.core, count);
    this.core.observer?.split(this, part, count);
    // No call from here on: a part that never got to the caller is not split off either.
    this.#count -= count;
    return part;
  }

  /**
   * Takes over the permits of another Permit of the same Semaphore object, which is left with none.
   *
   * @throws TypeError `ERR_INVALID_ARG_VALUE` when it is of another one, and nothing is merged
   */
  merge(other: Permit): void {
    if (other === this) return;
    // One of another copy of this package is a Permit, too, though of no object of this copy.
    if (Object(other)[PERMIT] !== true) throw invalidArgType('other', 'an instance of Permit', other);
    if (other.core !== this.core) {
      const message = `The argument "other" must be a Permit of the same ${this.core.cell} object`;
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    this.#count += other.#count;
    other.#count = 0;
    this.core.observer?.merged(this, other);
  }
}
