import { describe, expect, test } from 'vitest';
import { Actor } from '../support/actor.js';
import { expectWhole, fill, queued } from '../support/fill.js';
import { locks } from '../support/locks.mjs';

const ROUNDS = 5;

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test.each([
    ['at once', 0],
    ['with messages it cannot read', 3],
  ])('terminate() ends a thread that is blocked, %s, within 100 ms', async (_, messages) => {
    const lock = adapter.make();
    const holds = fill(adapter, lock);
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const actor = await Actor.start({ adapter: name, lock });
      actor.tell('acquire', 'never', { mode: 'sync' });
      await queued(lock, 1);
      for (let i = 0; i < messages; i++) actor.tell('attach');
      const start = performance.now();
      await actor.terminate();
      took.push(performance.now() - start);
      expect(lock.waiting).toBe(0);
    }
    // The machine may be busy with something else, but hardly each time.
    expect(Math.min(...took)).toBeLessThan(100);
    expect(Math.max(...took)).toBeLessThan(1000);
    for (const hold of holds) adapter.release(hold);
    expectWhole(adapter, lock);
  });
});
