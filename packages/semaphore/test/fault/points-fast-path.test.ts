// Must come first, in this order. The C++ fast path serves where there is no WebAssembly. Of the one in WebAssembly a
// thread can be killed before and behind, and points-release.test.ts does that; in it there is no place to be killed at:
// V8 looks at function entries and loop back-edges, and its one back-edge is taken when the compare-exchange failed.
import '../support/points-addon.js';
import '../support/no-webassembly.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

const names = Object.keys(subjects);

describe.each(names.filter((name) => subjects[name]?.owned))('%s, without WebAssembly: a thread is killed', (name) => {
  test.each(['taking', 'taken', 'noted'])('in acquire, %s', async (point) => {
    const scene = await Scene.of(name);
    await scene.victim.stopAt(point, 'take');
    // Before the compare-exchange nobody would have to wait; C++ goes on and takes it.
    if (point !== 'taking') {
      scene.wait();
      await scene.queued(1);
    }
    await scene.victim.kill();
    if (point === 'taking') scene.wait();
    expect(await scene.allPass()).toBe(scene.cls.tells);
    expect(await scene.isWhole()).toBe(true);
  });

  test.each(['giving', 'given', 'serving', 'waking'])('in release, %s', async (point) => {
    const scene = await Scene.of(name);
    await scene.victim.do('take');
    scene.wait();
    await scene.queued(1);
    await scene.victim.stopAt(point, 'open');
    await scene.victim.kill();
    expect(await scene.allPass()).toBe(false);
    expect(await scene.isWhole()).toBe(true);
  });
});

describe.each(['Signal', 'Latch'])('%s, without WebAssembly: a thread is killed', (name) => {
  test.each(['posted', 'serving', 'waking'])('in post, %s', async (point) => {
    const scene = await Scene.of(name);
    scene.wait();
    await scene.queued(1);
    await scene.victim.stopAt(point, 'open');
    await scene.victim.kill();
    await scene.allPass();
    expect(await scene.isWhole()).toBe(true);
  });
});

describe.each(['Signal', 'Event'])('%s, without WebAssembly: a thread is killed', (name) => {
  test.each(['taking', 'taken', 'noted'])('while it takes what is there, %s', async (point) => {
    const scene = await Scene.of(name);
    scene.open();
    await scene.victim.stopAt(point, 'pass');
    await scene.victim.kill();
    // What it took is gone with it: nobody keeps book. Only that, and whoever comes next waits for the next.
    expect(await scene.isWhole()).toBe(true);
  });
});
