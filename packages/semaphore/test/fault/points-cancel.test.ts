// Must come first.
import '../support/points-addon.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

const points = [
  { how: 'timeout', point: 'expireSync called' },
  { how: 'timeout', point: 'leaving' },
  { how: 'timeout', point: 'expireSync returned' },
  { how: 'timer', point: 'expire called' },
  { how: 'timer', point: 'leaving' },
  { how: 'timer', point: 'expire returned' },
  { how: 'abort', point: 'leave called' },
  { how: 'abort', point: 'leaving' },
  { how: 'abort', point: 'leave returned' },
];

describe.each(Object.keys(subjects))('%s: a waiter is killed while it gives up', (name) => {
  // A wait for a rate that could not end in time never begins.
  const cancels = points.filter(({ how }) => name !== 'RateLimit' || how === 'abort');
  const cases = cancels.flatMap((each) => [
    { ...each, grant: 'after' },
    // Behind it there is nothing left to grant.
    ...(each.point.endsWith('returned') ? [] : [{ ...each, grant: 'there' }]),
  ]);
  test.each(cases)('by $how, $point: granted $grant', async ({ how, point, grant }) => {
    const scene = await Scene.of(name);
    const { cls, victim, isBarrier } = scene;
    scene.shut();
    if (how === 'abort') {
      await victim.do('begin');
      await scene.queued(1);
      scene.wait();
      await scene.queued(2);
      await victim.stopAt(point, 'abort');
    } else {
      // At its time's end it stands at the point, however long the main thread takes to get here.
      const timed = { timeout: 60 };
      if (how === 'timer') {
        await victim.arm(point, 'begin', timed);
        await victim.stands(point);
      } else {
        await victim.stopAt(point, 'passSync', timed);
      }
      scene.wait();
      const left = point.endsWith('returned');
      // It has broken the barrier, which nobody waits at then.
      if (!(left && isBarrier)) await scene.queued(left ? 1 : 2);
    }
    if (grant === 'there') scene.open();

    await victim.kill();

    if (isBarrier && grant === 'after') {
      expect(await scene.allRefused()).toEqual(['ERR_BARRIER_BROKEN']);
      return;
    }
    if (grant === 'after') scene.open();
    const told = await scene.allPass();
    // C++ gave the grant back. Killed before it is called, the loop's last turn may find the grant and note it; and what is
    // granted before the time is found to be up is held.
    const held = grant === 'there' && how !== 'abort' && point === 'leaving';
    if (cls.tells && !/^(leave|expire) called$/.test(point)) expect(told).toBe(held);
    expect(await scene.isWhole()).toBe(true);
  });
});
