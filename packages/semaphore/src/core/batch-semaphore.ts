/**
 * The core under every lock-like class: counted permits, a ledger, a queue. The classes in the folder above only give
 * it names and defaults.
 */
import { ClosedError, native, parkSync, TimeoutError } from 'eventfd/internal';
import { type Cell, Flag, type KindName, Word } from './cell.js';
import { ReleaseResult, TryResult } from './fastpath.js';
import { type CheckedWait, waitFor } from './wait.js';

/** What the state word can count. */
export const MAX_PERMITS = 2 ** 29 - 1;

export class BatchSemaphore {
  readonly cell: Cell;
  readonly #kind: KindName;
  readonly #tryAcquire: (cell: number, slot: number, permits: number) => number;
  readonly #release: (cell: number, slot: number, permits: number) => number;

  constructor(kind: KindName, cell: Cell) {
    this.cell = cell;
    this.#kind = kind;
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
    if (result === TryResult.CLOSED || !this.cell.attach()) throw this.closedError();
    return this.tryAcquire(permits);
  }

  /** Gives permits back that this thread holds; a result other than RELEASED is for `afterRelease`. */
  release(permits: number): number {
    return this.#release(this.cell.offset, this.cell.slot, permits);
  }

  /** What is left to do after `release`, once the caller has noted that it holds nothing any more. */
  afterRelease(result: number): void {
    if (result === ReleaseResult.NOT_HELD) throw new Error(`This thread does not hold the permits of ${this}`);
    native.serve(this.cell.attachment);
  }

  /** Waits without blocking, for a value made beforehand. */
  acquire<T>(permits: number, what: string, value: T, options: CheckedWait): Promise<T> {
    const { attachment } = this.cell;
    const closedError = () => this.closedError();
    return waitFor({ what: `${what} of ${this}`, attachment, permits, passOn: false, value, closedError }, options);
  }

  /** Blocks the thread. */
  acquireSync(permits: number, what: string, timeout: number): void {
    if (this.tryAcquire(permits)) return;
    if (timeout > 0) {
      const result = parkSync(this.cell.attachment, permits, false, timeout);
      if (result === 'granted') return;
      if (result === 'closed') throw this.closedError();
    }
    throw new TimeoutError(`${what} of ${this}`, timeout);
  }

  /** Grows or shrinks the number of permits. False when out of range. */
  resize(delta: number): boolean {
    if (!this.cell.attach()) throw this.closedError();
    return native.resize(this.cell.attachment, delta);
  }

  /** Held permits vanish: this thread will not give them back. */
  forget(permits: number): void {
    if (!native.forget(this.cell.attachment, permits)) this.afterRelease(ReleaseResult.NOT_HELD);
  }

  close(): void {
    if (this.cell.attach()) native.close(this.cell.attachment);
  }

  dispose(): void {
    this.close();
    this.cell.dispose();
  }

  get free(): number {
    return this.cell.load(Word.STATE) >> 2;
  }

  get total(): number {
    return this.cell.load(Word.TOTAL);
  }

  get waiting(): number {
    return this.cell.load(Word.WAITING);
  }

  get fair(): boolean {
    return (this.cell.load(Word.FLAGS) & Flag.FAIR) !== 0;
  }

  get closed(): boolean {
    return !this.cell.attach() || (this.cell.load(Word.FLAGS) & Flag.CLOSED) !== 0;
  }

  closedError(): Error {
    return new ClosedError(`${this}`, `ERR_${this.#kind.toUpperCase()}_CLOSED`);
  }

  /** The object's name in messages: Semaphore "db". */
  toString(): string {
    const { name } = this.cell.handle;
    return name === undefined ? this.#kind : `${this.#kind} ${JSON.stringify(name)}`;
  }
}
