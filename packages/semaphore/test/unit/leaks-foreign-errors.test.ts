import { describe, expect, test } from 'vitest';
import { output } from '../support/child.js';

interface Outcome {
  readonly got: string;
  readonly available: number;
  readonly waiting: number;
  readonly warnings: { readonly message: string; readonly detail: string }[];
}

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
  test('trackLeaks costs nobody a permit, and tells of the one that is dropped', async () => {
    const outcomes = JSON.parse(await output('foreign-errors.mjs', [way], ['--expose-gc'])) as Record<string, Outcome>;
    for (const [call, { got, available, waiting, warnings }] of Object.entries(outcomes)) {
      expect([call, got, available, waiting]).toEqual([call, 'a permit', 1, 0]);
      if (way === 'emitWarning throws') continue;
      expect([call, ...warnings.map(({ message }) => message)]).toEqual([
        call,
        expect.stringContaining('was garbage-collected without being released'),
      ]);
      expect(warnings[0]?.detail).toMatch(/^Acquired /);
      if (way === 'call sites') expect(warnings[0]?.detail).toContain('foreign-errors.mjs:');
    }
  });
});
