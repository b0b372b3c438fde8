/** Tells of permits and guards that were garbage-collected unreleased. */
import process from 'node:process';
import { requireBoolean } from 'eventfd/internal';
import type { Hold } from './hold.js';
import type { HoldObserver } from './observer.js';
import { stackOfCaller } from './stack.js';
import { warn } from './warn.js';

interface Leak {
  readonly what: string;
  readonly acquiredAt: string;
}

const OwnError = Error;

const collected = new FinalizationRegistry<Leak>(({ what, acquiredAt }) => {
  const warning = new OwnError(`${what} was garbage-collected without being released; its permits stay taken`);
  const name = 'PermitLeakWarning';
  const stack = `${name}: ${warning.message}\nAcquired:\n${acquiredAt}`;
  // Node prints this below the message; the stack only with --trace-warnings.
  const detail = `Acquired ${acquiredAt.split('\n', 1)[0]?.trim()}`;
  for (const [key, value] of Object.entries({ name, detail, stack })) {
    try {
      // Defined, not assigned: where Error.prototype is frozen, assignments fail.
      Object.defineProperty(warning, key, { value, configurable: true, writable: true });
    } catch {
      // On Node 20 that asks Error.prepareStackTrace for the stack there is.
    }
  }
  warn(warning);
});

const environment: { readonly EVENTFD_TRACK_LEAKS?: string | undefined } = process.env;

/** Watches what one object hands out. */
export class LeakTracker implements HoldObserver {
  readonly #what: string;

  private constructor(what: string) {
    this.#what = what;
  }

  /** One when the option, or else EVENTFD_TRACK_LEAKS=1 in the environment, asks for it. */
  static of(what: { toString(): string }, option: boolean | undefined): LeakTracker | undefined {
    if (option !== undefined) requireBoolean('options.trackLeaks', option);
    return (option ?? environment.EVENTFD_TRACK_LEAKS === '1') ? new LeakTracker(`${what}`) : undefined;
  }

  here(): string {
    return stackOfCaller();
  }

  /** It was handed out, to who began to wait for it there; by default, to who calls now. */
  acquired(hold: Hold, _permits: number, acquiredAt = stackOfCaller()): void {
    collected.register(hold, { what: this.#what, acquiredAt }, hold);
  }

  split(_hold: Hold, part: Hold, permits: number): void {
    this.acquired(part, permits);
  }

  merged(_into: Hold, other: Hold): void {
    this.settled(other);
  }

  settled(hold: Hold): void {
    collected.unregister(hold);
  }
}
