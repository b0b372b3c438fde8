// Must come first.
import '../support/points-addon.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

describe.each(Object.keys(subjects))('%s: a thread is killed while it attaches it', (name) => {
  test.each(['attach called', 'attaching', 'attached', 'attach returned'])('%s', async (point) => {
    const scene = await Scene.of(name, { attach: false });
    const { cls, object, victim } = scene;
    await victim.stopAt(point, 'attach');
    await victim.kill();

    expect(await scene.isWhole()).toBe(true);
    if (scene.isCondition) return; // its mutex would be the next to lie there
    // Nobody uses it any more once this thread does not: its cell goes to the next object, and its ledger with it.
    object[Symbol.dispose]();
    const { cell } = object.handle;
    expect(cls.make().handle.cell).toBe(cell);
  });
});
