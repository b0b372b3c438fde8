/**
 * The core under every class that hands out ownership: counted permits, a ledger, a queue. Semaphore, Mutex and RwLock
 * only give it names and defaults.
 */
import { native, Role, type SyncHooks } from 'eventfd/internal';
import type { Cell } from './cell.js';
import { ReleaseResult, TryResult } from './fastpath.js';
import { type CheckedWait, waitFor, waitForSync } from './wait.js';

export class BatchSemaphore {
  readonly cell: Cell;
  readonly #tryAcquire: (cell: number, slot: number, permits: number) => number;
  readonly #release: (cell: number, slot: number, permits: number) => number;

  constructor(cell: Cell) {
    this.cell = cell;
    this.#tryAcquire = cell.arena.fast.tryAcquire;
    this.#release = cell.arena.fast.release;
  }

  /** Takes permits if they are free and nobody is owed them. Throws when closed. */
  tryAcquire(permits: number): boolean {
    const result = this.#tryAcquire(this.cell.offset, this.cell.slot, permits);
    if (result === TryResult.TAKEN) return true;
    if (result === TryResult.NOT_NOW) return false;
    return this.#tryAcquireSlow(permits, result);
  }

  #tryAcquireSlow(permits: number, result: number): boolean {
    if (result === TryResult.TAKEN_ABANDONED) return true;
    if (result === TryResult.CLOSED) throw this.cell.closedError();
    this.cell.attach();
    return this.tryAcquire(permits);
  }

  /** Gives permits back that this thread holds; a result other than RELEASED is for `afterRelease`. */
  release(permits: number): number {
    return this.#release(this.cell.offset, this.cell.slot, permits);
  }

  /** What is left to do after `release`, once the caller has noted that it holds nothing any more. */
  afterRelease(result: number): void {
    if (result === ReleaseResult.NOT_HELD) throw new Error(`This thread does not hold the permits of ${this.cell}`);
    native.serve(this.cell.attachment);
  }

  /** Waits without blocking, after `tryAcquire` did not get them. `granted` makes the result. */
  acquire<T>(permits: number, method: string, options: CheckedWait, granted: () => T): Promise<T> {
    return waitFor(this.#target(permits, method, granted), options);
  }

  /** Blocks the thread, after `tryAcquire` did not get them. */
  acquireSync<T>(permits: number, method: string, timeout: number, granted: () => T, hooks?: SyncHooks): T {
    return waitForSync(this.#target(permits, method, granted), timeout, hooks);
  }

  #target<T>(permits: number, method: string, granted: () => T) {
    const { cell } = this;
    return { cell, permits, method, role: Role.TAKER, granted, refused: () => cell.closedError() };
  }

  /** Grows or shrinks the number of permits. False when out of range. */
  resize(delta: number): boolean {
    return native.resize(this.cell.attach(), delta);
  }

  /** Held permits vanish: this thread will not give them back. */
  forget(permits: number): void {
    if (!native.forget(this.cell.attachment, permits)) this.afterRelease(ReleaseResult.NOT_HELD);
  }
}
