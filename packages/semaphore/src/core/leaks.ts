/** Tells of permits and guards that were garbage-collected unreleased. */
import { requireBoolean } from 'eventfd/internal';
import type { Hold } from './hold.js';
import type { HoldObserver } from './observer.js';

interface Leak {
  readonly what: string;
  readonly acquiredAt: string;
}

const collected = new FinalizationRegistry<Leak>(({ what, acquiredAt }) => {
  const warning = new Error(`${what} was garbage-collected without being released; its permits stay taken`);
  warning.name = 'PermitLeakWarning';
  warning.stack = `${warning.name}: ${warning.message}\nAcquired:\n${acquiredAt}`;
  // Node prints this below the message; the stack only with --trace-warnings.
  const detail = `Acquired ${acquiredAt.split('\n', 1)[0]?.trim()}`;
  process.emitWarning(Object.assign(warning, { detail }));
});

const OWN_FRAMES = new URL('..', import.meta.url).href;

const environment: { readonly EVENTFD_TRACK_LEAKS?: string | undefined } = process.env;

/** Watches what one object hands out. */
export class LeakTracker implements HoldObserver {
  readonly #what: string;

  private constructor(what: string) {
    this.#what = what;
  }

  /** One when the option, or else EVENTFD_TRACK_LEAKS=1 in the environment, asks for it. */
  static of(what: string, option: boolean | undefined): LeakTracker | undefined {
    if (option !== undefined) requireBoolean('options.trackLeaks', option);
    return (option ?? environment.EVENTFD_TRACK_LEAKS === '1') ? new LeakTracker(what) : undefined;
  }

  /** The stack of who acquires, without this package's own frames. */
  here(): string {
    const { stack = '' } = new Error();
    const [, ...frames] = stack.split('\n');
    return frames.filter((frame) => !frame.includes(OWN_FRAMES)).join('\n');
  }

  /** It was handed out, to who began to wait for it there; by default, to who calls now. */
  acquired(hold: Hold, acquiredAt = this.here()): void {
    collected.register(hold, { what: this.#what, acquiredAt }, hold);
  }

  settled(hold: Hold): void {
    collected.unregister(hold);
  }
}
