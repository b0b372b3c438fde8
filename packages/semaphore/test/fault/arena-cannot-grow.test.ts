import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test.each([[[]], [['--jitless']]])(
  'the shared memory cannot grow: new objects go elsewhere, and who lacks a ledger is told (node %j)',
  async (flags) => {
    const seen = JSON.parse(await output('arena-cannot-grow.mjs', [], flags));
    expect(seen).toEqual({
      filled: true,
      refused: { name: 'RangeError', code: 'ERR_ARENA_FULL', advises: true },
      after: { available: 0 }, // once an object was disposed of
      available: [1, 1], // also what the worker had taken
    });
  },
);
