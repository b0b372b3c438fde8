/**
 * The core under every class that hands out ownership: counted permits, a ledger, a queue. Semaphore, Mutex and RwLock
 * only give it names and defaults.
 */
import { inspect } from 'node:util';
import { native, Role, type SyncHooks } from 'eventfd/internal';
import type { Arena } from './arena.js';
import { Bell } from './bell.js';
import { type Cell, Flag, Word } from './cell.js';
import { areWaitsWatched, publishAbandoned } from './diagnostics.js';
import { ReleaseResult, TryResult } from './fastpath.js';
import type { Hold } from './hold.js';
import { NamedArena } from './names.js';
import { type HoldObserver, observerOf } from './observer.js';
import type { CheckedLockSyncWait, CheckedLockWait } from './priority.js';
import { refuseToBePosted } from './unpostable.js';
import { type Target, waitFor, waitForSync } from './wait.js';

export class BatchSemaphore {
  declare readonly cell: Cell;
  /** Who watches what it hands out: nobody, as a rule. */
  declare readonly observer: HoldObserver | undefined;
  readonly #bell: Bell | undefined;
  /** Its arena, where there is a bell; named objects have none. */
  readonly #belled: Arena | undefined;
  /** Its memory is the addon's, and so is its fast path. A branch on this keeps the other calls to one callee. */
  readonly #named: boolean;
  readonly #tryAcquire: (cell: number, slot: number, permits: number) => number;
  readonly #release: (cell: number, slot: number, permits: number) => number;

  /** The acquire that was just made found the last owner dead. */
  #foundAbandoned = false;

  constructor(cell: Cell, trackLeaks: boolean | undefined) {
    refuseToBePosted(this);
    this.cell = cell;
    this.observer = observerOf(cell, trackLeaks);
    this.#bell = cell.handle.bell === undefined ? undefined : new Bell(cell.handle.bell);
    this.#belled = this.#bell && (cell.arena as Arena);
    this.#named = cell.arena instanceof NamedArena;
    this.#tryAcquire = cell.arena.fast.tryAcquire;
    this.#release = cell.arena.fast.release;
  }

  /**
   * Takes permits for `hold` if they are free and nobody is owed them; `undefined` when they are not. Throws when closed.
   *
   * With no call between taking them and the return, so that a vm timeout (see `release`) leaves no permits taken that no
   * hold stands for. Where somebody watches, or the last owner died, there is one.
   */
  tryHold<H extends Hold>(permits: number, hold: H): H | undefined {
    const { cell } = this;
    let result: number;
    if (this.#named) {
      if (cell.letGo) throw cell.closedError();
      result = native.takeNamed(cell.attachment, permits);
    } else {
      result = this.#tryAcquire(cell.offset, cell.slot, permits);
      if (result === TryResult.NO_SLOT) {
        cell.attach();
        result = this.#tryAcquire(cell.offset, cell.slot, permits);
      }
    }
    if (result === TryResult.TAKEN && this.observer === undefined) return hold;
    return this.#tried(result, hold);
  }

  #tried<H extends Hold>(result: number, hold: H): H | undefined {
    if (result === TryResult.NOT_NOW) return undefined;
    if (result === TryResult.CLOSED) throw this.cell.closedError();
    this.#foundAbandoned = result === TryResult.TAKEN_ABANDONED;
    hold.onAcquired();
    return hold;
  }

  /**
   * Gives permits back that this thread holds, and wakes whom they suffice for.
   *
   * In one function, and with no call between: V8 ends JavaScript where a function begins, and a vm timeout that struck
   * between the two would leave permits free and their waiters asleep, in a thread that lives on. The caller then notes
   * that it holds nothing any more, and passes the result to `afterRelease`.
   */
  release(permits: number): number {
    // That somebody waits is not to be seen from the result where a thread naps, which nobody needs to wake.
    const rings = this.#belled !== undefined && this.#belled.peek(this.cell.offset, Word.WAITING) > 0;
    const result = this.#named
      ? native.giveNamed(this.cell.attachment, permits)
      : this.#release(this.cell.offset, this.cell.slot, permits);
    if (result === ReleaseResult.SERVE_WAITERS) native.serve(this.cell.attachment);
    return rings && result === ReleaseResult.RELEASED ? ReleaseResult.SERVE_WAITERS : result;
  }

  /** What is left to do after `release`, once `hold` has noted that it holds nothing any more. */
  afterRelease(result: number, hold: Hold): void {
    this.observer?.settled(hold);
    if (result === ReleaseResult.SERVE_WAITERS) this.#bell?.ring();
    if (this.cell.letGo) this.cell.endUse();
    if (result === ReleaseResult.NOT_HELD) throw notHeldError(this.cell);
  }

  /** Takes permits for `hold`, waiting without blocking. */
  hold<H extends Hold>(permits: number, hold: H, method: string, wait: CheckedLockWait): Promise<H> {
    try {
      if (this.tryHold(permits, hold) !== undefined) return Promise.resolve(hold);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#waitFor(permits, hold, method, wait);
  }

  /**
   * Takes them again for `hold`, which has let go of them for a while: a full queue lets it in. With `inTurn` it comes after all
   * that wait already, though permits be free.
   */
  holdAgain<H extends Hold>(
    permits: number,
    hold: H,
    method: string,
    wait: CheckedLockWait,
    inTurn: boolean,
  ): Promise<H> {
    try {
      if (!inTurn && this.tryHold(permits, hold) !== undefined) return Promise.resolve(hold);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#waitFor(permits, hold, method, wait, true);
  }

  #waitFor<H extends Hold>(
    permits: number,
    hold: H,
    method: string,
    wait: CheckedLockWait,
    returns = false,
  ): Promise<H> {
    const bell = this.#bell;
    const target = new HoldTarget(this, permits, hold, method, returns, wait.priority);
    return waitFor(target, wait, bell && (() => bell.ring()));
  }

  /** Takes permits for `hold`, blocking the thread. */
  holdSync<H extends Hold>(
    permits: number,
    hold: H,
    method: string,
    wait: CheckedLockSyncWait,
    hooks?: SyncHooks,
    returns = false,
  ): H {
    return this.holdSoon(permits, hold, wait) ?? this.waitSync(permits, hold, method, wait, hooks, returns);
  }

  /**
   * The first step of that: takes them if they are free, or are so in a moment.
   *
   * All that comes with a wait is code that seldom runs, and so is slow: where nobody watches it, it takes longer than most
   * waits. So this is all there is before the thread looks.
   */
  holdSoon<H extends Hold>(permits: number, hold: H, wait: CheckedLockSyncWait): H | undefined {
    const taken = this.tryHold(permits, hold);
    if (taken !== undefined || wait.timeout === 0 || areWaitsWatched()) return taken;
    const result = native.spinSync(this.cell.attachment, permits);
    // As in `tryHold`.
    if (result === TryResult.TAKEN && this.observer === undefined) return hold;
    return this.#tried(result, hold);
  }

  /** The second: waits. */
  waitSync<H extends Hold>(
    permits: number,
    hold: H,
    method: string,
    wait: CheckedLockSyncWait,
    hooks?: SyncHooks,
    returns = false,
  ): H {
    const bell = this.#bell;
    const watched = hooks ?? (bell && { queued: () => bell.ring() });
    return waitForSync(new HoldTarget(this, permits, hold, method, returns, wait.priority), wait, watched);
  }

  /** A wait was granted: whether the last owner died is to be seen in the cell. */
  noteGrant(): void {
    this.#foundAbandoned = this.cell.has(Flag.ABANDONED);
  }

  /** Whether this thread holds permits of it, through this object. */
  get isHolder(): boolean {
    return this.cell.held > 0;
  }

  /** Whether no permit is free; false once the object is disposed. */
  get isTaken(): boolean {
    return this.cell.tryAttach() && this.cell.free <= 0;
  }

  /** For a sole owner, right after it acquired: whether the last one died. True for the first to ask. */
  takeAbandoned(): boolean {
    if (!this.#foundAbandoned) return false;
    this.#foundAbandoned = false;
    if (!native.takeAbandoned(this.cell.attachment)) return false;
    publishAbandoned(this.cell);
    return true;
  }

  toString(): string {
    return `${this.cell}`;
  }

  /** Of a hold, JSON says nothing: it is not to be sent. */
  toJSON(): undefined {}

  /** `console.log` of a hold says of what it is. */
  [inspect.custom](): string {
    return `${this}`;
  }

  /** Grows or shrinks the number of permits, and then takes `recalled` away. False when out of range. */
  resize(delta: number, recalled = 0): boolean {
    return native.resize(this.cell.attach(), delta, recalled);
  }

  /** Held permits vanish: this thread will not give them back. As `release`, and with `afterRelease` to follow. */
  forget(permits: number): number {
    return native.forget(this.cell.attachment, permits) ? ReleaseResult.RELEASED : ReleaseResult.NOT_HELD;
  }
}

/** A wait for permits. A class rather than closures: a hundred thousand of them may stand in a queue. */
class HoldTarget<H extends Hold> implements Target<H> {
  readonly cell: Cell;
  readonly method: string;
  readonly permits: number;
  readonly role = Role.TAKER;
  readonly returns: boolean;
  readonly priority: number;
  readonly #core: BatchSemaphore;
  readonly #hold: H;
  readonly #acquiredAt: string | undefined;

  constructor(core: BatchSemaphore, permits: number, hold: H, method: string, returns: boolean, priority = 0) {
    this.cell = core.cell;
    this.method = method;
    this.permits = permits;
    this.returns = returns;
    this.priority = priority;
    this.#core = core;
    this.#hold = hold;
    this.#acquiredAt = core.observer?.here();
  }

  granted(): H {
    this.#core.noteGrant();
    this.#hold.onAcquired(this.#acquiredAt);
    return this.#hold;
  }

  refused(): Error {
    return this.cell.closedError();
  }
}

function notHeldError(cell: Cell): Error {
  const message = `The ledger of this thread lacks the permits of ${cell}: something has written over the shared memory`;
  return Object.assign(new Error(message), { code: 'ERR_NOT_HELD' });
}
