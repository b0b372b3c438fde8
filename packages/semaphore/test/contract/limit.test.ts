import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Actor, type Posted } from '../support/actor.js';
import { within } from '../support/deadline.js';
import { expectWhole } from '../support/fill.js';
import { Gauge } from '../support/gauge.mjs';
import { locks } from '../support/locks.mjs';

const THREADS = 4;
const CYCLES = 2000;

const modes: Record<string, Posted['mode'][]> = {
  blocking: ['sync'],
  'not blocking': ['async'],
  'both by turns': ['sync', 'async'],
};

describe.each(Object.entries(locks))('%s', (name, adapter) => {
  test('in one thread, as many as the limit are inside at once and never more; everyone is served', async () => {
    const lock = adapter.make();
    const gauge = new Gauge();
    const visit = async () => {
      gauge.enter();
      await setImmediate();
      gauge.leave();
    };
    const visits = Array.from({ length: 50 }, () => adapter.run(lock, visit));
    await within('50 visits', Promise.all(visits), lock, gauge.inside);
    expect(gauge.peak).toBe(adapter.limit);
    expect(gauge.entries).toBe(50);
    expectWhole(adapter, lock);
  });

  test.each(Object.entries(modes))(
    'across threads, %s: never more than the limit, everyone served',
    async (_, mode) => {
      const lock = adapter.make();
      const gauge = new Gauge();
      const actors = await Actor.startMany(THREADS, { adapter: name, lock, gauge });
      const cycles = actors.map((actor) => actor.call('cycle', CYCLES, mode));
      await within('all cycles', Promise.all(cycles), lock, gauge.inside);
      expect(gauge.peak).toBeLessThanOrEqual(adapter.limit);
      expect(gauge.entries).toBe(THREADS * CYCLES);
      expectWhole(adapter, lock);
      for (const actor of actors) await actor.terminate();
    },
  );
});
