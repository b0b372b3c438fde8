/** Tells of permits and guards that were garbage-collected unreleased. */
import process from 'node:process';
import { requireBoolean } from 'eventfd/internal';
import { OWN_FRAMES } from '../own-frames.js';
import type { Hold } from './hold.js';
import type { HoldObserver } from './observer.js';
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

/** What is said where the program, by Error.prepareStackTrace or Error.stackTraceLimit, hides where it is. */
const NOWHERE = '    at a place unknown: Error.prepareStackTrace or Error.stackTraceLimit hides it';

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

  /** The stack of who acquires, without this package's own frames. Whatever makes stacks in this program, it does not fail. */
  here(): string {
    try {
      const frames = framesOf(new OwnError().stack);
      return frames.filter((frame) => !frame.includes(OWN_FRAMES)).join('\n') || NOWHERE;
    } catch {
      return NOWHERE;
    }
  }

  /** It was handed out, to who began to wait for it there; by default, to who calls now. */
  acquired(hold: Hold, acquiredAt = this.here()): void {
    collected.register(hold, { what: this.#what, acquiredAt }, hold);
  }

  settled(hold: Hold): void {
    collected.unregister(hold);
  }
}

/** Error.prepareStackTrace may have made anything of it; many libraries make it an array of call sites. */
function framesOf(stack: unknown): string[] {
  if (Array.isArray(stack)) return stack.map((site) => `    at ${site}`);
  return typeof stack === 'string' ? stack.split('\n').slice(1) : [];
}
