import { invalidArgType, requireInteger } from 'eventfd/internal';
import type { BatchSemaphore } from './core/batch-semaphore.js';
import { ReleaseResult } from './core/fastpath.js';

/**
 * Permits that this thread holds, until `release()`, the end of a `using` block, or the end of the thread.
 *
 * Made by `Semaphore`. It stays in the thread that acquired it: permits are given back when that thread dies.
 */
export class Permit {
  readonly #semaphore: BatchSemaphore;
  #count: number;

  /** @internal */
  constructor(semaphore: BatchSemaphore, count: number) {
    this.#semaphore = semaphore;
    this.#count = count;
  }

  /** How many permits it stands for; 0 once they are released, forgotten or merged. */
  get count(): number {
    return this.#count;
  }

  /** Gives the permits back and wakes whom they suffice for. Doing it twice is harmless. */
  release(): void {
    const count = this.#count;
    if (count === 0) return;
    const result = this.#semaphore.release(count);
    this.#count = 0;
    if (result !== ReleaseResult.RELEASED) this.#semaphore.afterRelease(result);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** Takes the permits out of circulation: the semaphore has that many fewer from now on. */
  forget(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#semaphore.forget(count);
    this.#count = 0;
  }

  /**
   * Splits permits off into a Permit of their own.
   *
   * @param count how many, from 1 to `this.count - 1`
   * @throws RangeError `ERR_OUT_OF_RANGE`, and nothing is split
   */
  split(count: number): Permit {
    requireInteger('count', count, 1, this.#count - 1);
    const part = new Permit(this.#semaphore, count);
    this.#count -= count;
    return part;
  }

  /**
   * Takes over the permits of another Permit of the same Semaphore object, which is left with none.
   *
   * @throws TypeError `ERR_INVALID_ARG_VALUE` when it is of another one, and nothing is merged
   */
  merge(other: Permit): void {
    if (!(other instanceof Permit)) throw invalidArgType('other', 'an instance of Permit', other);
    if (other === this) return;
    if (other.#semaphore !== this.#semaphore) {
      const message = `The argument "other" must be a Permit of the same ${this.#semaphore.cell} object`;
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    this.#count += other.#count;
    other.#count = 0;
  }
}
