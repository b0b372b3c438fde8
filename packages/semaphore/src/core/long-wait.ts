/**
 * Waits that last longer than an object's `warnAfter` say so, once each: to people by a warning, to programs on
 * `eventfd:wait:long`. So do those for what somebody holds after EVENTFD_WARN_AFTER milliseconds, where the object says
 * nothing else. Without either they cost a comparison.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { native } from 'eventfd/internal';
import { holderLines, statesOf, waiterLine } from '../inspect.js';
import type { KindName } from './cell.js';
import { publishLongWait } from './diagnostics.js';
import { objectId } from './identity.js';
import type { Target } from './wait.js';
import { warn } from './warn.js';

const NAME = 'LongWaitWarning';
/** Those that are held. To wait for a signal or an event, however long, is nothing to warn of unless its maker says so. */
const HELD: readonly KindName[] = ['Semaphore', 'Mutex', 'RwLock'];

const OwnError = Error;

function threshold(): number {
  const given = (process.env as { EVENTFD_WARN_AFTER?: string }).EVENTFD_WARN_AFTER;
  if (given === undefined || given === '') return Number.POSITIVE_INFINITY;
  const ms = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (ms > 0) return ms;
  warn(`EVENTFD_WARN_AFTER must be a whole number of milliseconds, from 1 to 999999999, not ${JSON.stringify(given)}`);
  return Number.POSITIVE_INFINITY;
}

const warnAfter = threshold();

/** How long a wait may last until it says so, in milliseconds. */
export function patienceFor({ cell }: Target<unknown>): number {
  const own = cell.handle.warnAfter;
  if (own !== undefined) return own;
  return warnAfter !== Number.POSITIVE_INFINITY && HELD.includes(cell.kind) ? warnAfter : Number.POSITIVE_INFINITY;
}

function textFor({ cell, method }: Target<unknown>, waitedMs: number): string {
  return `${method}() of ${cell.title} has waited for ${Math.floor(waitedMs)} ms`;
}

/** Who holds it and who waits, a line for each. */
function detailFor({ cell }: Target<unknown>): string {
  const { id } = cell;
  return statesOf(native.inspect().filter((object) => objectId(object) === id))
    .flatMap(({ holders, waiters }) => [...holders.flatMap(holderLines), ...waiters.map(waiterLine)])
    .join('\n');
}

/** Warns of a promise's wait when its time comes. The function it returns takes that back. */
export function warnWhenLong(target: Target<unknown>, id: number): (() => void) | undefined {
  const patience = patienceFor(target);
  if (patience === Number.POSITIVE_INFINITY) return undefined;
  const began = native.now();
  const timer = setTimeout(() => {
    const waitedMs = Math.max(native.now() - began, patience);
    const warning = new OwnError(textFor(target, waitedMs));
    for (const [key, value] of Object.entries({ name: NAME, detail: detailFor(target) })) {
      // Defined, not assigned: where Error.prototype is frozen, assignments fail.
      Object.defineProperty(warning, key, { value, configurable: true, writable: true });
    }
    warn(warning);
    publishLongWait(id, target, waitedMs);
  }, patience);
  timer.unref();
  return () => clearTimeout(timer);
}

/**
 * The same of a blocked thread. Nothing that the program has given may run in the middle of its wait, and Node prints no
 * warning before the thread goes on: so the words go to stderr at once, unless warnings are off, and who subscribes is told when the wait ends.
 */
export class BlockedWait {
  readonly #target: Target<unknown>;
  readonly #id: number;
  readonly #began = native.now();
  readonly #patience: number;
  #told = false;

  constructor(target: Target<unknown>, id: number, patience: number) {
    this.#target = target;
    this.#id = id;
    this.#patience = patience;
  }

  /** Called now and then during the wait. */
  readonly look = (): void => {
    const waitedMs = native.now() - this.#began;
    if (this.#told || waitedMs < this.#patience) return;
    this.#told = true;
    try {
      if (process.listenerCount('warning') === 0) return;
      const text = textFor(this.#target, waitedMs);
      writeSync(2, `(node:${process.pid}) ${NAME}: ${text}\n${detailFor(this.#target)}\n`);
    } catch {
      // There is no stderr. The wait goes on.
    }
  };

  ended(): void {
    // It may have come to an end before anybody looked.
    this.look();
    if (this.#told) publishLongWait(this.#id, this.#target, native.now() - this.#began);
  }
}
