/**
 * What may end an asynchronous wait before its time: one path for the timeout and the AbortSignal.
 *
 * The timer is the one that whoever waits would get: fake timers are asked for to be believed. So `setTimeout` is looked up
 * when the wait begins, no clock says that a fake one fired too early, and what it returns may be a number. `clearTimeout`
 * is the one that belonged to it. Node's own, which counts whole milliseconds, fires up to one of them early: then the rest
 * is waited for.
 */
import { clearTimeout as nodeClearTimeout, setTimeout as nodeSetTimeout } from 'node:timers';
import { type AbortListener, listenForAbort, reasonOf } from './abort.js';
import { native } from './native.js';

/** `setTimeout` takes no more, in milliseconds; it would fire at once. A longer timeout is waited for in parts. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** For a realm that has no timers. */
const node = { setTimeout: nodeSetTimeout, clearTimeout: nodeClearTimeout };

/** Whom to tell. Each may come before `cancelWhen` returns, and then nothing comes after it. */
export interface Cancellable extends AbortListener {
  onTimeout(): void;
}

/** Until it is ended, which must be done when the wait ends, however it ends. */
class Cancellation implements AbortListener {
  readonly #wait: Cancellable;
  #unlisten: (() => void) | undefined;
  #clearTimer: (() => void) | undefined;
  readonly #ref: boolean;
  #over = false;

  constructor(wait: Cancellable, ref: boolean) {
    this.#wait = wait;
    this.#ref = ref;
  }

  begin(signal: AbortSignal | undefined, timeout: number): void {
    try {
      if (signal !== undefined) this.#listen(signal);
      if (timeout !== Number.POSITIVE_INFINITY && !this.#over) this.#startTimer(timeout);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  #listen(signal: AbortSignal): void {
    this.#unlisten = listenForAbort(signal, this);
    // It may have aborted since it was last looked at.
    if (signal.aborted) this.onAbort(reasonOf(signal));
  }

  onAbort(reason: unknown): void {
    if (this.#over) return;
    this.end();
    this.#wait.onAbort(reason);
  }

  /** Does not fail: the wait may have got what it waited for. */
  end(): void {
    this.#over = true;
    this.#unlisten?.();
    this.#stopTimer();
  }

  #stopTimer(): void {
    const clear = this.#clearTimer;
    this.#clearTimer = undefined;
    try {
      clear?.();
    } catch {
      // Then it fires, and finds that it is over.
    }
  }

  #startTimer(left: number): void {
    const timers = typeof globalThis.setTimeout === 'function' ? globalThis : node;
    const { clearTimeout } = timers;
    const ms = Math.min(Math.max(1, Math.ceil(left)), LONGEST_TIMER);
    const isNodes = timers.setTimeout === nodeSetTimeout;
    const due = native.now() + Math.min(ms, left);
    const onTimer = () => {
      const early = isNodes ? due - native.now() : 0;
      this.#onTimer(Math.max(0, left - ms) + (early > 0 && early < 1 ? early : 0));
    };
    const timer: { unref?: () => void } | number | undefined = timers.setTimeout(onTimer, ms);
    if (typeof clearTimeout === 'function') this.#clearTimer = () => clearTimeout(timer as never);
    if (this.#over) this.#stopTimer();
    // Whether the loop stays alive is the wait's to say.
    else if (!this.#ref && typeof timer === 'object') timer?.unref?.();
  }

  #onTimer(left: number): void {
    if (this.#over) return;
    this.#clearTimer = undefined;
    if (left <= 0) {
      this.end();
      this.#wait.onTimeout();
      return;
    }
    try {
      this.#startTimer(left);
    } catch (error) {
      this.onAbort(error);
    }
  }
}

/**
 * Tells `wait`, once, when `signal` has aborted or `timeout` milliseconds have passed. The function it returns takes that
 * back; it does not fail, and must be called when the wait ends, however it ends. Neither keeps the event loop alive: what
 * is waited for does. With `ref` the time does: nothing else may be left that would.
 *
 * @throws what the signal or the timers do, which may be anybody's; then it tells nothing
 */
export function cancelWhen(
  signal: AbortSignal | undefined,
  timeout: number,
  wait: Cancellable,
  ref = false,
): (() => void) | undefined {
  if (signal === undefined && timeout === Number.POSITIVE_INFINITY) return undefined;
  const cancellation = new Cancellation(wait, ref);
  cancellation.begin(signal, timeout);
  return () => cancellation.end();
}
