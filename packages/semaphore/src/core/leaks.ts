/** Tells of permits and guards that were garbage-collected unreleased. */
import { requireBoolean } from 'eventfd/internal';

interface Leak {
  readonly what: string;
  readonly acquiredAt: string;
}

const collected = new FinalizationRegistry<Leak>(({ what, acquiredAt }) => {
  const warning = new Error(`${what} was garbage-collected without being released; its permits stay taken`);
  warning.name = 'PermitLeakWarning';
  warning.stack = `${warning.name}: ${warning.message}\nAcquired:\n${acquiredAt}`;
  process.emitWarning(warning);
});

const environment: { readonly EVENTFD_TRACK_LEAKS?: string | undefined } = process.env;

/** Watches what one object hands out. */
export class LeakTracker {
  readonly #what: string;

  private constructor(what: string) {
    this.#what = what;
  }

  /** One when the option, or else EVENTFD_TRACK_LEAKS=1 in the environment, asks for it. */
  static of(what: string, option: boolean | undefined): LeakTracker | undefined {
    if (option !== undefined) requireBoolean('options.trackLeaks', option);
    return (option ?? environment.EVENTFD_TRACK_LEAKS === '1') ? new LeakTracker(what) : undefined;
  }

  /** It was handed out, by a caller whose stack is worth keeping. */
  acquired(hold: object): void {
    const { stack = '' } = new Error();
    collected.register(hold, { what: this.#what, acquiredAt: stack.split('\n').slice(2).join('\n') }, hold);
  }

  settled(hold: object): void {
    collected.unregister(hold);
  }
}
