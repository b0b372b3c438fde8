/** A blocked thread cannot tick a fake clock: what it waits for at most is real time. */
import { expect, test } from 'vitest';
import { output } from '../support/child.js';

const clocks = ['standing still', 'going back', 'far ahead', 'throwing', 'missing'];

test.each(clocks)('blocking waits end in time with every clock of JavaScript %s', async (clock) => {
  for (const when of ['before', 'after']) {
    const ends = JSON.parse(await output('foreign-clocks.mjs', [clock, when])) as Record<string, string>;
    expect(Object.keys(ends).length).toBe(17);
    expect(new Set(Object.values(ends))).toEqual(new Set(['ERR_TIMEOUT']));
  }
});
