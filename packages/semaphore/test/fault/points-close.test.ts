// Must come first.
import '../support/points-addon.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

describe.each(Object.keys(subjects))('%s: a thread is killed while it closes it', (name) => {
  test.each(['closeCell called', 'closing', 'waking', 'closeCell returned'])('%s', async (point) => {
    const scene = await Scene.of(name);
    scene.shut();
    scene.wait();
    await scene.queued(1);
    await scene.victim.stopAt(point, 'close');

    await scene.victim.kill();

    // It comes to be closed or it does not; there is no third.
    const closed = point !== 'closeCell called';
    expect(scene.object.closed).toBe(closed);
    if (!closed) scene.object.close();
    expect(await scene.allRefused()).toEqual([`ERR_${scene.object.handle.kind.toUpperCase()}_CLOSED`]);
    expect(scene.object.waiting).toBe(0);
  });
});
