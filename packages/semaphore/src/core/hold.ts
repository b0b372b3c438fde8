/** What a thread holds of a BatchSemaphore: the common part of Permit and the guards. */
import type { BatchSemaphore } from './batch-semaphore.js';
import { ReleaseResult } from './fastpath.js';

export abstract class Hold {
  readonly #core: BatchSemaphore;
  #count: number;

  /**
   * Made before its permits are taken, so that nothing can fail between that and its use. It counts from the start:
   * one whose permits were not to be had is dropped unseen.
   *
   * @internal
   */
  constructor(core: BatchSemaphore, count: number) {
    this.#core = core;
    this.#count = count;
  }

  /** @internal */
  protected get core(): BatchSemaphore {
    return this.#core;
  }

  /** @internal */
  protected get held(): number {
    return this.#count;
  }

  /** @internal */
  protected set held(count: number) {
    this.#count = count;
  }

  /** Its permits are this thread's from now on. @internal */
  onAcquired(): void {
    this.#core.leaks?.acquired(this);
  }

  /** Gives everything back, once. @internal */
  protected giveBack(): void {
    const count = this.#count;
    if (count === 0) return;
    const core = this.#core;
    const result = core.release(count);
    // Noted before anything that can fail.
    this.#count = 0;
    if (result !== ReleaseResult.RELEASED) core.afterRelease(result);
    core.leaks?.settled(this);
  }

  /** Gives back what it holds: `using` calls it at the end of the block. */
  [Symbol.dispose](): void {
    this.giveBack();
  }
}
