/** After how long who waits counts higher: a word of the cell. */
import { invalidArgType, outOfRange } from 'eventfd/internal';

/** As native/core/words.h has it, in milliseconds. */
const DEFAULT_AGING = 1000;
const MOST_AGING = 2 ** 31 - 1;

/** Of an object with a queue that knows priorities. */
export interface AgingOptions {
  /**
   * After how many milliseconds of waiting a waiter counts one level of `priority` higher than who comes then: an integer from 1 to
   * 2 ** 31 - 1; 1000 by default. So nobody is passed over by who came more than seven times that later. `Infinity`: a priority
   * stays what it is, and the low ones wait for as long as there are higher ones.
   */
  aging?: number | undefined;
}

/** The word of a cell for it; negative for no ageing. */
export function requireAging(value: unknown): number {
  if (value === undefined) return DEFAULT_AGING;
  if (value === Number.POSITIVE_INFINITY) return -1;
  if (typeof value !== 'number') throw invalidArgType('options.aging', 'of type number', value);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_AGING) return value;
  throw outOfRange('options.aging', `an integer >= 1 and <= ${MOST_AGING}, or Infinity`, value);
}

/** What is shown of an object beside the rest: its `aging`, where it was given one. `word` is its cell's. */
export function agingShown(word: number): { aging?: number } {
  return word === DEFAULT_AGING ? {} : { aging: agingOf(word) };
}

export function agingOf(word: number): number {
  return word < 0 ? Number.POSITIVE_INFINITY : word;
}
