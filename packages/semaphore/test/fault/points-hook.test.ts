// Must come first.
import '../support/points-addon.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

const names = Object.keys(subjects);
/** One with a ledger and one without, for what does not depend on the class. */
const few = ['Mutex', 'Signal'];

function cases(points: string[], among: string[]) {
  return among.flatMap((name) =>
    points.flatMap((point) =>
      ['terminate', ...(few.includes(name) ? ['exit', 'throw', 'return'] : [])].map((way) => ({ name, point, way })),
    ),
  );
}

const held = ['dying', 'serving', 'waking', 'retiring', 'retired'];
const owned = names.filter((name) => subjects[name]?.owned);

describe('a thread that holds it stands in the hook of its end', () => {
  test.each(cases(held, owned))('$name, $point, by $way', async ({ name, point, way }) => {
    const scene = await Scene.of(name);
    const { victim } = scene;
    await victim.do('take');
    scene.wait();
    await scene.queued(1);
    await victim.stopAtEnd(point, way);
    if (point === 'retiring' || point === 'retired') {
      // The rest of its end is not waited for.
      expect(await scene.allPass()).toBe(scene.cls.tells);
    }
    victim.letGo();
    await victim.gone();
    if (point !== 'retiring' && point !== 'retired') expect(await scene.allPass()).toBe(scene.cls.tells);
    expect(await scene.isWhole()).toBe(true);
  });
});

const waiting = ['dying', 'leaving', 'retiring', 'retired'];

describe('a thread that waits for it stands in the hook of its end', () => {
  test.each(cases(waiting, names))('$name, $point, by $way', async ({ name, point, way }) => {
    const scene = await Scene.of(name);
    const { victim, isBarrier } = scene;
    scene.shut();
    await victim.do('begin');
    await scene.queued(1);
    scene.wait();
    await scene.queued(2);
    await victim.stopAtEnd(point, way);
    const left = point === 'retiring' || point === 'retired';
    if (isBarrier && left) {
      expect(await scene.allRefused()).toEqual(['ERR_BARRIER_BROKEN']);
    } else {
      // Granted to a thread that will not see it, as long as its wait stands in the queue.
      scene.open();
      if (left) await scene.allPass();
    }
    victim.letGo();
    await victim.gone();
    if (isBarrier) {
      if (!left) await scene.allPass();
      return;
    }
    if (!left) expect(await scene.allPass()).toBe(false);
    expect(await scene.isWhole()).toBe(true);
  });
});
