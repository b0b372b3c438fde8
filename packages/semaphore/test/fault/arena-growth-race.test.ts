import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test.each([[[]], [['--jitless']]])(
  'two threads grow the shared memory at once, near its maximum: both find room (node %j)',
  async (flags) => {
    const seen = JSON.parse(await output('arena-growth-race.mjs', [], flags));
    expect(seen).toEqual({ raced: true, sameMemory: true, cells: true, permits: true });
  },
);
