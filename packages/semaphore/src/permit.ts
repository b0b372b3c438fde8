import { invalidArgType, requireInteger } from 'eventfd/internal';
import { Hold } from './core/hold.js';

/**
 * Permits that this thread holds, until `release()`, the end of a `using` block, or the end of the thread.
 *
 * Made by `Semaphore`. It stays in the thread that acquired it: permits are given back when that thread dies.
 */
export class Permit extends Hold {
  /** How many permits it stands for; 0 once they are released, forgotten or merged. */
  get count(): number {
    return this.held;
  }

  /** Gives the permits back and wakes whom they suffice for. Doing it twice is harmless. */
  release(): void {
    this.giveBack();
  }

  /** Takes the permits out of circulation: the semaphore has that many fewer from now on. */
  forget(): void {
    if (this.held === 0) return;
    this.core.forget(this.held);
    this.held = 0;
    this.core.leaks?.settled(this);
  }

  /**
   * Splits permits off into a Permit of their own.
   *
   * @param count how many, from 1 to `this.count - 1`
   * @throws RangeError `ERR_OUT_OF_RANGE`, and nothing is split
   */
  split(count: number): Permit {
    requireInteger('count', count, 1, this.held - 1);
    const part = new Permit(this.core, count);
    this.held -= count;
    this.core.leaks?.acquired(part);
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
    if (other.core !== this.core) {
      const message = `The argument "other" must be a Permit of the same ${this.core.cell} object`;
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    this.held += other.held;
    other.held = 0;
    this.core.leaks?.settled(other);
  }
}
