/**
 * One lease: keeps the engine's account and the local semaphore in step. It runs in the keeper's thread, and one step is under way at
 * a time.
 *
 *   state     since                                                     the local semaphore has
 *   live      the engine answered                                       what is held
 *   at risk   ttl - margin after the last answered step was sent        `whenUnreachable` permits
 *   lost      ttl after it: the engine may have granted it to others    the same
 *
 * What the engine holds for this member is never less than what is to be had here: permits are added here after the engine's
 * answer, and taken away here before the engine is told.
 */
import type { Answer, Claim, Engine, Grant } from '../engine.js';
import { LeaseMismatchError, LeaseUnreachableError } from '../errors.js';
import { NoAnswerError, withinMs } from './answer.js';
import type { Clock } from './clock.js';
import type { Local } from './local.js';

/** `live`: the engine answers. `at risk`: it has not for too long. `lost`: it may have granted to others what was held. */
export type LeaseState = 'live' | 'at risk' | 'lost';

export interface Terms {
  readonly name: string;
  readonly permits: number;
  readonly ttl: number;
  readonly margin: number;
  readonly idle: number;
  readonly timeout: number;
  readonly whenUnreachable: number;
}

/** What the keeper tells the thread that asked for the lease. */
export interface Told {
  readonly state: LeaseState;
  /** In the whole fleet. */
  readonly permits: number;
  /** Leased by this process. */
  readonly held: number;
}

/** While more is wanted, or is to be given back, the engine is asked so often, and not less often than is renewed, even when it says nothing. */
const RECHECK_MS = 1000;
/** Promises whose threads were busy have taken what they were granted after a time like this; who still waits wants more than is free. */
const SETTLE_MS = 5;
/** Between steps that fail. */
const RETRY_MS = [50, 100, 200, 400, 800];

export class Keeper {
  readonly #terms: Terms;
  readonly #member: string;
  readonly #engine: Engine;
  readonly #local: Local;
  readonly #clock: Clock;
  readonly #tell: (told: Told, why: unknown) => void;
  #predecessor: string | undefined;

  #state: LeaseState = 'live';
  #permits: number;
  #held = 0;
  /** So many the engine counts as being here: leased, or in use beyond that. */
  #counted = 0;
  #verb: Claim['verb'] = 'join';
  #seq = 0;
  #acked = 0;
  /** How many it was granted since the step `acked`, as far as it has heard. */
  #pushed = 0;
  /** By the clock. What was answered is good until then. */
  #deadline = Number.POSITIVE_INFINITY;
  #margin: number;
  /** How many more the engine knows to be wanted. */
  #asked = 0;
  /** Waiters have been seen that did not take what was free. */
  #unsettled = false;

  #stepping = false;
  /** A step is to be made whatever there is to say. */
  #due = true;
  #steppedAt = 0;
  #retryAt = 0;
  #failures = 0;
  #failure: unknown;
  #wakeTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #riskTimer: NodeJS.Timeout | undefined;
  #freeBefore = 0;
  #closing = false;
  #ended = false;
  #joined: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(
    terms: Terms,
    member: string,
    engine: Engine,
    makeLocal: (look: () => void) => Local,
    clock: Clock,
    tell: (told: Told, why: unknown) => void,
    predecessor?: string,
  ) {
    this.#terms = terms;
    this.#member = member;
    this.#engine = engine;
    this.#local = makeLocal(() => this.#look());
    this.#clock = clock;
    this.#tell = tell;
    this.#permits = terms.permits;
    this.#margin = terms.margin;
    this.#predecessor = predecessor;
    if (predecessor === undefined) return;
    // What is free here was the predecessor's; what is in use is told to the engine, which then forgets the predecessor.
    this.#verb = 'return';
    this.#local.set(0);
  }

  /** Joins; rejects when the name has another number of permits, or when the engine does not answer within `timeout`. */
  async begin(): Promise<void> {
    const { timeout, name, idle } = this.#terms;
    const joined = new Promise<void>((resolve, reject) => {
      this.#joined = { resolve, reject };
    });
    const late = setTimeout(() => {
      const message = `The engine of the lease ${JSON.stringify(name)} did not answer within ${timeout} ms`;
      this.#joined?.reject(new LeaseUnreachableError(message, { cause: this.#failure }));
    }, timeout);
    this.#look();
    try {
      await joined;
    } catch (error) {
      this.#end();
      // Perhaps it was joined, and only the answer was lost.
      void this.#leave();
      throw error;
    } finally {
      clearTimeout(late);
      this.#joined = undefined;
    }
    this.#idleTimer = setInterval(() => this.#giveBackIdle(), idle);
  }

  /** The engine has something for this member: what it granted, or else what it says when asked. */
  poked(grant?: Grant): void {
    if (grant !== undefined && this.#hasHeardOf(grant)) return;
    if (grant !== undefined && this.#mayTake(grant)) this.#take(grant);
    else this.#due = true;
    this.#look();
  }

  /** An answer since, or a grant, has told of that. */
  #hasHeardOf({ seq, pushed }: Grant): boolean {
    return seq < this.#acked || (seq === this.#acked && pushed <= this.#pushed);
  }

  /** Whether what it was last answered is good still, and all it has said since. Otherwise the next answer tells what is held. */
  #mayTake({ seq }: Grant): boolean {
    if (this.#stepping || this.#closing || this.#ended) return false;
    const isCurrent = seq === this.#acked && this.#seq === this.#acked && this.#verb === 'renew';
    // Timers may have stood still since the deadline.
    return isCurrent && this.#state === 'live' && this.#clock.now() < this.#deadline - this.#margin;
  }

  #take({ pushed, keep }: Grant): void {
    const more = pushed - this.#pushed;
    this.#pushed = pushed;
    this.#held += more;
    this.#counted += more;
    this.#asked = Math.max(0, this.#asked - more);
    this.#local.grant(more, keep);
    this.#tellAll();
  }

  /** The engine can be reached. */
  up(): void {
    this.#failures = 0;
    this.#retryAt = 0;
    this.poked();
  }

  /** It cannot, and what was answered is good for `lasts` ms more. */
  down(reason: unknown, lasts = Number.POSITIVE_INFINITY): void {
    this.#failure = reason;
    this.#setDeadline(Math.min(this.#deadline, this.#clock.now() + lasts), Math.min(this.#terms.margin, lasts / 2));
  }

  async resize(permits: number): Promise<void> {
    const known = await this.#engine.resize(this.#terms.name, permits);
    if (known) this.poked();
    else
      throw new LeaseUnreachableError(`The engine does not know of the lease ${JSON.stringify(this.#terms.name)} now`);
  }

  /** Gives everything back: what is in use as it comes free, but waits for that no longer than the ttl. */
  async close(): Promise<void> {
    const until = this.#clock.now() + this.#terms.ttl;
    this.#closing = true;
    this.#local.set(0);
    for (let pause = 1; this.#local.inUse > 0 && this.#clock.now() < until; pause = Math.min(50, pause * 2)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      this.#look();
    }
    this.#end();
    // What is still in use stays leased until it runs out.
    if (this.#local.inUse === 0) await this.#leave();
  }

  /** Leaves everything to a successor. */
  drop(): void {
    this.#end();
  }

  /** An engine that cannot be reached lets it run out. */
  async #leave(): Promise<void> {
    const left = this.#engine.leave(this.#terms.name, this.#member);
    await withinMs(this.#terms.ttl / 3, left).catch(() => {});
  }

  #end(): void {
    this.#ended = true;
    this.#local.close();
    clearTimeout(this.#wakeTimer);
    clearInterval(this.#idleTimer);
    clearInterval(this.#riskTimer);
  }

  /** Looks whether there is something to tell the engine or to ask of it, and does. */
  #look(): void {
    if (this.#stepping || this.#ended) return;
    clearTimeout(this.#wakeTimer);
    const now = performance.now();
    if (now < this.#retryAt) {
      this.#wakeIn(this.#retryAt - now);
      return;
    }
    const want = this.#wants();
    const givesBack = this.#state === 'live' && this.#local.keeps < this.#counted;
    if (this.#due || givesBack || want > this.#asked) {
      this.#step(want).catch(rethrow);
      return;
    }
    if (this.#asked > 0 || this.#local.owed > 0) {
      this.#wakeIn(this.#steppedAt + Math.min(RECHECK_MS, this.#terms.ttl / 3) - now, true);
    } else if (this.#local.waiting > 0 && !this.#closing) {
      this.#unsettled = true;
      this.#wakeIn(SETTLE_MS);
    } else {
      if (!this.#closing) this.#local.arm();
      if (!this.#engine.endsWithSession) this.#wakeIn(this.#steppedAt + this.#terms.ttl / 3 - now, true);
    }
  }

  #wakeIn(ms: number, due = false): void {
    this.#wakeTimer = setTimeout(
      () => {
        this.#due ||= due;
        this.#look();
      },
      Math.max(0, Math.ceil(ms)),
    );
  }

  /** How many more the threads here want than are free for them. */
  #wants(): number {
    const { waiting, free } = this.#local;
    const lacking = waiting - Math.max(0, free);
    const unsettled = this.#unsettled && waiting > 0;
    this.#unsettled = false;
    if (this.#closing || waiting === 0) return 0;
    // Who waits although there is enough wants several at once, or cannot run.
    if (lacking > 0) return lacking;
    return unsettled ? Math.max(0, this.#local.demand - free) : 0;
  }

  async #step(want: number): Promise<void> {
    this.#stepping = true;
    this.#due = false;
    this.#steppedAt = performance.now();
    const { name, permits, ttl } = this.#terms;
    const keeps = this.#local.keeps;
    const claim: Claim = {
      name,
      member: this.#member,
      verb: this.#verb,
      permits: this.#verb === 'join' ? permits : this.#permits,
      seq: ++this.#seq,
      acked: this.#acked,
      held: this.#state === 'live' ? Math.min(this.#held, keeps) : this.#held,
      over: Math.max(0, keeps - this.#held),
      want,
      pushed: this.#pushed,
      ttl,
    };
    // The lease is counted from before it was asked for.
    const sentAt = this.#clock.now();
    try {
      this.#hear(claim, await withinMs(Math.min(ttl / 3, 5000), this.#engine.step(claim)), sentAt);
      this.#failures = 0;
    } catch (error) {
      if (error instanceof NoAnswerError) this.#engine.reconnect?.();
      this.#failure = error;
      this.#due = true;
      this.#retryAt = performance.now() + (RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] as number);
    } finally {
      this.#stepping = false;
    }
    this.#look();
  }

  #hear(claim: Claim, answer: Answer, sentAt: number): void {
    if (answer.status === 'ok') {
      this.#hearOk(claim, answer, sentAt);
    } else if (answer.status === 'mismatch') {
      this.#joined?.reject(new LeaseMismatchError(claim.name, claim.permits, answer.permits));
    } else {
      // Unknown: it ran out, or the engine has lost its state; stale: one that was made after this had an answer.
      if (answer.status === 'unknown') {
        const ranOut = this.#clock.now() >= this.#deadline;
        this.#verb = ranOut ? 'return' : 'rejoin';
        if (ranOut) this.#lose();
      }
      this.#due = true;
    }
  }

  #hearOk(claim: Claim, { held, keep, permits }: Answer & { status: 'ok' }, sentAt: number): void {
    this.#verb = 'renew';
    this.#acked = claim.seq;
    this.#pushed = 0;
    if (this.#predecessor !== undefined) {
      // Not before what is in use has been counted under this name. When it fails it runs out.
      this.#engine.leave(claim.name, this.#predecessor).catch(() => {});
      this.#predecessor = undefined;
    }
    const change = held - claim.held;
    this.#asked = Math.max(0, claim.want - Math.max(0, change));
    if (change < 0) this.#lose();
    this.#held = held;
    this.#counted = claim.held + claim.over + Math.max(0, change);
    this.#permits = permits;
    const { endsWithSession } = this.#engine;
    this.#setDeadline(endsWithSession ? Number.POSITIVE_INFINITY : sentAt + this.#terms.ttl, this.#terms.margin);
    const before = this.#state;
    this.#state = 'live';
    if (this.#closing) this.#local.set(0);
    else if (before === 'live' && change > 0) this.#local.grant(change, keep);
    else {
      if (before !== 'live') this.#local.set(held);
      this.#owe(keep);
    }
    this.#tellAll();
    this.#joined?.resolve();
  }

  /** Others wait: what is above `keep` goes back, at once where it is free. */
  #owe(keep: number): void {
    const excess = Math.max(0, this.#local.keeps - keep);
    this.#local.owe(Math.max(0, excess - this.#local.takeFree(excess)));
  }

  /** What nobody has used since the last time, half of it. */
  #giveBackIdle(): void {
    const free = Math.max(0, this.#local.free);
    const spare = Math.min(free, this.#freeBefore);
    this.#freeBefore = free;
    if (spare === 0 || this.#state !== 'live' || this.#local.waiting > 0) return;
    this.#freeBefore -= this.#local.takeFree(Math.ceil(spare / 2));
    this.#look();
  }

  #setDeadline(deadline: number, margin: number): void {
    this.#deadline = deadline;
    this.#margin = margin;
    if (deadline === Number.POSITIVE_INFINITY) {
      clearInterval(this.#riskTimer);
      this.#riskTimer = undefined;
    } else {
      // Not one timer for the deadline: while the machine is suspended, timers stand still and the clock goes on.
      this.#riskTimer ??= setInterval(() => this.#watch(), Math.max(10, Math.min(500, margin / 4)));
    }
  }

  #watch(): void {
    const now = this.#clock.now();
    if (now >= this.#deadline) this.#lose();
    else if (now >= this.#deadline - this.#margin && this.#state === 'live') this.#stop('at risk');
  }

  #lose(): void {
    if (this.#state !== 'lost') this.#stop('lost');
    if (this.#verb === 'return') this.#held = 0;
  }

  /** Nothing is granted here any more, and holders are told. */
  #stop(state: LeaseState): void {
    if (this.#state === 'live') this.#local.set(this.#closing ? 0 : this.#terms.whenUnreachable);
    this.#state = state;
    this.#tellAll();
  }

  #tellAll(): void {
    const why = this.#state === 'live' ? undefined : this.#failure;
    this.#tell({ state: this.#state, permits: this.#permits, held: this.#held }, why);
  }
}

function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
