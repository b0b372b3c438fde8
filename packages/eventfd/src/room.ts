/** This thread's side of the waiting room: which promise a waiter's index stands for. */
import { threadId } from 'node:worker_threads';
import { systemError } from './errors.js';
import { native, type Parked, Role, type RoomCopy, RoomResult, type UnderWay } from './native.js';
import type { CheckedSyncWait } from './shared-signal.js';

/** How long a sync wait sleeps in native code before JavaScript runs again, so that the thread can be terminated. */
const SLICE_MS = 50;

// A Map, which becomes smaller again: a million waits at once leave no trace.
const parked = new Map<number, Parked>();
const batch = new Uint32Array(native.batchLength);

/** This evaluation of the module, as the addon calls it. Whoever attaches names it by its number, and so keeps it alive. */
export const thisCopy: RoomCopy & { readonly id: number } = {
  decided(count) {
    // Collected before any is told: being told may park again, under an index that this batch still names.
    const decided: (Parked | undefined)[] = [];
    for (let i = 0; i < count; i++) decided.push(take((batch[i] as number) >>> 1));
    for (let i = 0; i < count; i++) decided[i]?.onDecided(((batch[i] as number) & 1) === 1);
    // What awaits them runs after this function. A thread that is being terminated does not come here, and what it was
    // granted goes to the next.
    native.heard();
  },
  waits: () => [...parked.values()],
  id: 0,
};
Object.assign(thisCopy, { id: native.connect(threadId, batch, thisCopy) });

function take(waiter: number): Parked | undefined {
  const waits = parked.get(waiter);
  parked.delete(waiter);
  return waits;
}

/** The waits of this thread that are under way, of whichever copy of this module: what only looks out is none. */
export function underWayHere(): UnderWay[] {
  return [...native.copies(), ...native.fdCopies()].flatMap((each) => each.waits()).filter((wait) => !wait.isLookout);
}

/** How a wait ended at once, or the waiter it became. */
export type ParkResult = { waiter: number } | 'granted' | 'closed' | 'full' | 'too late';

/** How a wait begins: for what, and as whom. */
export interface Parking {
  readonly permits: number;
  readonly role: Role;
  /** It held what it waits for, and let go for a while: a full queue lets it in. */
  readonly returns?: boolean | undefined;
  /** 0, the default, to 7: the higher go first. */
  readonly priority?: number | undefined;
}

/** The call by which a waker comes to be. */
const WAKER_CALL = { eventfd: 'eventfd', pipe: 'pipe', async: 'uv_async_init', futex: 'uv_async_init' } as const;

function ended(result: number): 'granted' | 'closed' {
  if (result === RoomResult.GRANTED || result === RoomResult.UNHEARD) return 'granted';
  if (result === RoomResult.CLOSED) return 'closed';
  // The waker could not be made; the only other result is of an attachment that does not exist.
  throw systemError(RoomResult.ERRNO - result, WAKER_CALL[native.waker]);
}

/**
 * Waits for permits without blocking. The thread's loop stays alive for it when `ref`.
 *
 * @throws what the kernel says (`EMFILE`, ...) when this thread's first wait cannot get its descriptor
 */
export function park(
  attachment: number,
  { permits, role, returns = false, priority = 0 }: Parking,
  ref: boolean,
  waits: Parked,
  timeout = Number.POSITIVE_INFINITY,
): ParkResult {
  const result = native.park(attachment, permits, role, returns, priority, timeout, ref);
  if (result === RoomResult.FULL) return 'full';
  if (result === RoomResult.TOO_LATE) return 'too late';
  if (result < 0) return ended(result);
  parked.set(result, waits);
  return { waiter: result };
}

/**
 * Ends a wait that `park` began. What it had been granted meanwhile is given back; `stands` where it cannot be.
 *
 * `too late` for that: the wait was decided, its permits are noted, and it stands among those that are told right now.
 * Who is told before it can run code that gives it up: a subscriber to a diagnostics channel.
 */
export function leave(waiter: number): 'left' | 'stands' | 'too late' {
  if (!parked.delete(waiter)) return 'too late';
  return native.leave(waiter) ? 'stands' : 'left';
}

/**
 * The time of a wait that `park` began is up: it leaves, unless it was decided by now, which then counts; nothing has told
 * of it yet only because this thread was late. `too late` as for `leave`.
 */
export function expire(waiter: number): 'timeout' | 'granted' | 'closed' | 'too late' {
  if (!parked.delete(waiter)) return 'too late';
  const result = native.expire(waiter);
  if (result === RoomResult.WAITING) return 'timeout';
  // A thread that is being terminated does not come out of this call, and what it was granted goes to the next.
  const how = ended(result);
  if (result === RoomResult.UNHEARD) native.heardExpired();
  return how;
}

/** What a blocking wait may want to do on the way. */
export interface SyncHooks {
  /** Runs once the wait stands in the queue, before it sleeps. */
  queued?: (() => void) | undefined;
  /** Runs when the wait has lasted for a slice, and now and then from there on; throws to end it. */
  lasting?: (() => void) | undefined;
  /** Runs after each slice but the last; it does not fail. */
  sliced?: (() => void) | undefined;
}

/** After 1, 2, 4, ... slices, and then every 3.2 seconds. */
function isNowAndThen(slice: number): boolean {
  return (slice & (slice - 1)) === 0 || slice % 64 === 0;
}

/**
 * Blocks for permits, up to `timeout` milliseconds; `terminate()` ends it within a slice, and so does the signal. What the
 * wait had been granted when the signal ended it is given back, as by `leave`, or else is the result.
 */
export function parkSync(
  attachment: number,
  { permits, role, returns = false, priority = 0 }: Parking,
  { timeout, signal }: CheckedSyncWait,
  hooks: SyncHooks = {},
): 'granted' | 'closed' | 'timeout' | 'abort' | 'full' {
  const endless = timeout === Number.POSITIVE_INFINITY;
  const deadline = endless ? timeout : native.now() + timeout;
  const first = hooks.queued === undefined ? Math.min(timeout, SLICE_MS) : 0;
  let result: number = RoomResult.WAITING;
  let over = false;
  try {
    // The loop goes round after each slice, also the last: there optimized code looks whether the thread is being
    // terminated. Other code looks when it enters a function, which `ended` is. So a thread that was being terminated when
    // it was granted something does not come to say that it has heard, and the grant goes to the next.
    for (let slice = 0; result === RoomResult.WAITING; slice++) {
      if (slice === 0) {
        result = native.parkSync(attachment, permits, role, returns, priority, timeout, first);
        continue;
      }
      if (slice === 1) hooks.queued?.();
      if (isNowAndThen(slice)) hooks.lasting?.();
      hooks.sliced?.();
      if (signal?.aborted) {
        over = true;
        const stands = native.leaveSync() && role !== Role.NOTIFIED && permits === 0;
        return stands ? 'granted' : 'abort';
      }
      const left = endless ? timeout : deadline - native.now();
      if (left > 0) {
        result = native.waitSync(Math.min(left, SLICE_MS));
        continue;
      }
      result = native.expireSync();
      if (result === RoomResult.WAITING) {
        over = true;
        return 'timeout';
      }
    }
    if (result === RoomResult.TOO_LATE) return 'timeout';
    const how = result === RoomResult.FULL ? 'full' : ended(result);
    if (result === RoomResult.UNHEARD) native.heardSync();
    over = true;
    return how;
  } finally {
    // It was thrown out of.
    if (!over) native.leaveSync();
  }
}
