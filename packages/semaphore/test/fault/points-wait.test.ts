// Must come first.
import '../support/points-addon.js';

import { describe, expect, test } from 'vitest';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';

/**
 * `grant`: the grant comes after the death; or there, while the victim stands at the point; or before, and brings it
 * there. `whose`: who has it in the end, the next in the queue, or the victim, from which it is recovered if that can be.
 */
interface Case {
  point: string;
  grant: 'after' | 'there' | 'before';
  whose: 'next' | 'victim';
  /** The victim has not arrived yet, so it is no party of a barrier. */
  early?: true;
  /** A condition's mutex is still locked there: who is to wait behind the victim waits for that first. */
  locked?: true;
}

const sync: Case[] = [
  { point: 'parkSync called', grant: 'after', whose: 'next', early: true, locked: true },
  { point: 'queued', grant: 'after', whose: 'next', locked: true },
  { point: 'queued', grant: 'there', whose: 'next', locked: true },
  { point: 'parked', grant: 'after', whose: 'next' },
  { point: 'parked', grant: 'there', whose: 'next' },
  { point: 'slice over', grant: 'after', whose: 'next', locked: true },
  { point: 'slice over', grant: 'there', whose: 'next', locked: true },
  { point: 'woken', grant: 'before', whose: 'next' },
  { point: 'resumed', grant: 'before', whose: 'next' },
  { point: 'sync wait decided', grant: 'before', whose: 'next' },
];

/** Where there is no ledger, JavaScript says that it has heard. */
const unheard: Case[] = [
  { point: 'heardSync called', grant: 'before', whose: 'next' },
  { point: 'heardSync returned', grant: 'before', whose: 'victim' },
];

const async: Case[] = [
  { point: 'park called', grant: 'after', whose: 'next', early: true, locked: true },
  { point: 'queued', grant: 'after', whose: 'next', locked: true },
  { point: 'queued', grant: 'there', whose: 'next', locked: true },
  { point: 'park returned', grant: 'after', whose: 'next', locked: true },
  { point: 'park returned', grant: 'there', whose: 'next', locked: true },
  { point: 'woken', grant: 'before', whose: 'next' },
  { point: 'resumed', grant: 'before', whose: 'next' },
  { point: 'heard called', grant: 'before', whose: 'next' },
  { point: 'heard returned', grant: 'before', whose: 'victim' },
];

/** The victim is dead, and `next` waits. */
async function expectConserved(scene: Scene, { grant, whose, early, locked }: Case): Promise<void> {
  const { cls, isBarrier } = scene;
  if (isBarrier && grant === 'after' && !early) {
    expect(await scene.allRefused()).toEqual(['ERR_BARRIER_BROKEN']);
    return;
  }
  // A party that has waited and ends will be missed.
  expect(scene.isBroken).toBe(isBarrier && !early);
  if (isBarrier && early) scene.wait();
  const lost = grant !== 'after' && !cls.owned && !cls.staysOpen && !isBarrier;
  // Of a condition it was lost on nobody: nobody waited behind the victim.
  if (grant === 'after' || (lost && (whose === 'victim' || (locked && scene.isCondition)))) {
    await scene.queued(cls.crowd);
    scene.open();
  }
  const told = await scene.allPass();
  if (cls.tells && grant === 'after') expect(told).toBe(false);
  if (cls.tells && whose === 'victim') expect(told).toBe(true);
  expect(await scene.isWhole()).toBe(true);
}

describe.each(Object.keys(subjects))('%s: a waiter is killed', (name) => {
  const { owned } = subjects[name] as (typeof subjects)[string];
  const cases = [
    ...[...sync, ...(owned ? [] : unheard)].map((each) => ({ operation: 'passSync', ...each })),
    ...async.map((each) => ({ operation: 'pass', ...each })),
  ];
  test.each(cases)('$operation, $point: granted $grant', async ({ operation, ...each }) => {
    const { point, grant } = each;
    const scene = await Scene.of(name);
    scene.shut();
    const stands = scene.victim.stopAt(point, operation);
    await (grant === 'before' ? scene.queued(1) : stands);
    scene.wait();
    if (grant !== 'after') scene.open();
    await stands;
    await scene.victim.kill();
    await expectConserved(scene, each);
  });

  test('when its promise was told', async () => {
    const scene = await Scene.of(name);
    scene.shut();
    await scene.victim.arm('told', 'begin');
    await scene.queued(1);
    scene.wait();
    scene.open();
    await scene.victim.stands('told');
    await scene.victim.kill();
    await expectConserved(scene, { point: 'told', grant: 'before', whose: 'victim' });
  });
});
