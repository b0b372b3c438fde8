/** How an object is watched: by who makes or opens it, and in the threads that it is posted to. */
import { invalidArgType, outOfRange, requireBoolean } from 'eventfd/internal';

export interface Watching {
  /** Whether it is noted where its permits are acquired; where nothing is said, the environment decides. */
  readonly trackHolders?: boolean;
  /** How long, in milliseconds, a wait for it may last until it says so. The same. */
  readonly warnAfter?: number;
}

/** The same, of options that a caller gave. */
export interface WatchOptions {
  trackHolders?: boolean | undefined;
  warnAfter?: number | undefined;
}

/** What a timer can wait for, in whole seconds; 11 days. */
export const LONGEST_PATIENCE = 999_999_999;

const isPatience = (value: unknown): value is number =>
  value === Number.POSITIVE_INFINITY ||
  (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST_PATIENCE);

/** @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE` */
export function checkWatching({ trackHolders, warnAfter }: WatchOptions): Watching {
  if (trackHolders !== undefined) requireBoolean('options.trackHolders', trackHolders);
  if (warnAfter !== undefined && !isPatience(warnAfter)) {
    if (typeof warnAfter !== 'number') throw invalidArgType('options.warnAfter', 'of type number', warnAfter);
    throw outOfRange('options.warnAfter', `an integer >= 1 and <= ${LONGEST_PATIENCE}, or Infinity`, warnAfter);
  }
  return {
    ...(trackHolders === undefined ? {} : { trackHolders }),
    ...(warnAfter === undefined ? {} : { warnAfter }),
  };
}

/** Of an object that hands out nothing to hold. */
export function checkPatience({ warnAfter }: { warnAfter?: number | undefined }): Watching {
  return checkWatching({ warnAfter });
}

/** What a handle says, which may be anything. */
export function watchingOf({ trackHolders, warnAfter }: { trackHolders?: unknown; warnAfter?: unknown }): Watching {
  return {
    ...(typeof trackHolders === 'boolean' ? { trackHolders } : {}),
    ...(isPatience(warnAfter) ? { warnAfter } : {}),
  };
}
