/** How many may wait: of an object's queue, and of a limit's. */
import { invalidArgType, outOfRange } from 'eventfd/internal';

/** A queue counts no further, nor do permits. */
const MOST = 2 ** 29 - 1;

/**
 * `Infinity`, and nothing at all, is for as many as come.
 *
 * @throws TypeError `ERR_INVALID_ARG_TYPE`, RangeError `ERR_OUT_OF_RANGE`
 */
export function requireMaxWaiting(value: unknown): number | undefined {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST) return value;
  if (typeof value !== 'number') throw invalidArgType('options.maxWaiting', 'of type number', value);
  throw outOfRange('options.maxWaiting', `an integer >= 0 and <= ${MOST}, or Infinity`, value);
}

/** The same, as the word of a cell has it: -1 for as many as come. */
export function maxWaitingWord(value: unknown): number {
  const most = requireMaxWaiting(value);
  return most === undefined || most === Number.POSITIVE_INFINITY ? -1 : most;
}
