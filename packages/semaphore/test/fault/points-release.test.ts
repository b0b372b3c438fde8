// Must come first.
import '../support/points-addon.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

/** Where a thread that lets others pass can be killed; `done`: by then it has happened. */
const release = [
  { point: 'release called', done: false },
  // The fast path saw that somebody waits; C++ has not been called to serve them.
  { point: 'release returned', done: true },
  { point: 'serve called', done: true },
  { point: 'serving', done: true },
  { point: 'waking', done: true },
  { point: 'serve returned', done: true },
];
const post = [
  { point: 'post called', done: false },
  { point: 'post returned', done: true },
  ...release.filter(({ point }) => point.startsWith('serv')),
];
const native = (name: string) => [
  { point: `${name} called`, done: false },
  { point: 'waking', done: true },
  { point: `${name} returned`, done: true },
];

const points: Record<string, typeof release> = {
  Semaphore: release,
  'fair Semaphore': release,
  Mutex: release,
  'RwLock to read': release,
  'RwLock to write': release,
  Condition: native('notify'),
  Signal: post,
  Event: native('setEvent'),
  Latch: post,
  Barrier: [
    { point: 'parkSync called', done: false },
    { point: 'waking', done: true },
    // The last to arrive does not wait.
    { point: 'arrived', done: true },
    { point: 'sync wait decided', done: true },
  ],
  RateLimit: native('giveBackTokens'),
};

test('every class is there', () => {
  expect(Object.keys(points)).toEqual(Object.keys(subjects));
});

describe.each(Object.keys(subjects))('%s: a thread is killed while it lets another pass', (name) => {
  test.each(points[name] as typeof release)('$point', async ({ point, done }) => {
    const scene = await Scene.of(name);
    const { cls, victim } = scene;
    if (cls.owned) await victim.do('take');
    for (let i = 0; i < cls.crowd; i++) scene.wait();
    await scene.queued(cls.crowd);
    await victim.stopAt(point, 'open');

    await victim.kill();

    // What a thread held comes back all the same.
    if (!done && !cls.owned) scene.open();
    expect(await scene.allPass()).toBe(cls.tells && !done);
    expect(await scene.isWhole()).toBe(true);
  });
});

describe.each(Object.keys(subjects).filter((name) => subjects[name]?.owned))(
  '%s: a thread is killed between the fast path and its Permit or guard',
  (name) => {
    test('and somebody waits by then', async () => {
      const scene = await Scene.of(name);
      await scene.victim.stopAt('tryAcquire returned', 'take');
      scene.wait();
      await scene.queued(1);
      await scene.victim.kill();
      expect(await scene.allPass()).toBe(scene.cls.tells);
      expect(await scene.isWhole()).toBe(true);
    });
  },
);
