/**
 * Leaving the event loop its turns. What awaits something that is always there already runs in microtasks alone, and while
 * it does, no timer fires, no message comes and nobody's descriptor is looked at: a consumer that posts to itself, or whose
 * producer is never idle, would keep its thread from all else.
 */
import { Attachment } from './attachment.js';
import { EFD_CLOEXEC, EFD_NONBLOCK } from './eventfd.js';
import { native } from './native.js';
import { waitAt } from './wait-queue.js';

/** A look at the clock costs more than most of what needs no wait: it is taken each so many times. */
const LOOKS = 16;

let asked = 0;

/** Whether the loop has not turned for some milliseconds, as far as was looked. */
export function isTurnDue(): boolean {
  asked = (asked + 1) % LOOKS;
  return asked === 0 && native.isTurnDue();
}

/** Resolves once the loop has turned. Where no descriptor is left it does so at once. It needs no timers: they may be fake. */
export async function loopTurn(): Promise<void> {
  let ready: Attachment;
  try {
    ready = Attachment.open(1, EFD_NONBLOCK | EFD_CLOEXEC);
  } catch {
    return;
  }
  try {
    const place = { queue: ready.readers, owner: ready, ownerRef: true };
    const endless = {
      signal: undefined,
      timeout: Number.POSITIVE_INFINITY,
      ref: undefined,
      what: 'A turn of the loop',
    };
    // Not looked at before the loop finds that it can be read.
    await waitAt([place], { ...endless, attempt: () => true });
  } catch {
    // It cannot be watched. Nothing that was had already is lost for that.
  } finally {
    ready.release();
  }
}
