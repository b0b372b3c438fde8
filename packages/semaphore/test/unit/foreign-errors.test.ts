import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';

interface Outcome {
  readonly got: string;
  readonly available: number;
  readonly waiting: number;
  readonly noted: string[];
  /** Error.stackTraceLimit and Error.prepareStackTrace are what they were. */
  readonly untouched: boolean;
  readonly warnings: { readonly message: string; readonly detail: string }[];
}

const outcomesOf = async (way: string, ...flags: string[]) =>
  JSON.parse(await output('foreign-errors.mjs', [way], ['--expose-gc', ...flags])) as Record<string, Outcome>;

const ways = [
  'call sites',
  'null',
  'undefined',
  'a number',
  'an object whose toString throws',
  'throws',
  'frozen',
  'no limit',
  'limit 0',
  'limit that cannot be written',
  'captureStackTrace throws',
  'Error replaced',
  'emitWarning throws',
];

describe.each(ways)('Error.prepareStackTrace and what belongs to it: %s', (way) => {
  test('trackLeaks and trackHolders cost nobody a permit, and tell where it was acquired', async () => {
    for (const [call, outcome] of Object.entries(await outcomesOf(way))) {
      const { got, available, waiting, warnings, noted, untouched } = outcome;
      expect([call, got, available, waiting, untouched]).toEqual([call, 'a permit', 1, 0, true]);
      // Where all is frozen there is no way round it.
      const place = way === 'frozen' ? 'at a place unknown' : 'foreign-errors.mjs:';
      expect([call, ...noted]).toEqual([call, expect.stringContaining(place)]);
      if (way === 'emitWarning throws') continue;
      expect([call, ...warnings.map(({ message }) => message)]).toEqual([
        call,
        expect.stringContaining('was garbage-collected without being released'),
      ]);
      expect(warnings[0]?.detail).toMatch(/^Acquired /);
      expect(warnings[0]?.detail).toContain(place);
    }
  });
});

test.each(['0', '1', '2', '100'])(
  '--stack-trace-limit=%s: where it was acquired is noted all the same',
  async (limit) => {
    for (const [call, { noted, untouched }] of Object.entries(
      await outcomesOf('nothing', `--stack-trace-limit=${limit}`),
    )) {
      expect([call, ...noted, untouched]).toEqual([call, expect.stringContaining('foreign-errors.mjs:'), true]);
    }
  },
);
