// Must come first.
import '../support/points-addon.js';

import { readdirSync, readFileSync } from 'node:fs';
import { native } from 'eventfd/internal';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../support/deadline.js';
import { Scene } from '../support/points.js';
import { subjects } from '../support/subjects.mjs';
import { everything, Victim } from '../support/victim.js';

/** What every eventfd of the process has counted, by descriptor. */
function counters(): Map<string, string> {
  const found = new Map<string, string>();
  for (const fd of readdirSync('/proc/self/fdinfo')) {
    let info = '';
    try {
      info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    } catch {
      // The descriptor that the directory was read with.
    }
    const count = /eventfd-count:\s*(\w+)/.exec(info)?.[1];
    if (count !== undefined) found.set(fd, count);
  }
  return found;
}

// Of a barrier nobody is let through alone.
describe.each(Object.keys(subjects).filter((name) => name !== 'Barrier'))('%s: the one who is woken', (name) => {
  /** One stands where it is decided that the other passes, and nobody has signalled that one's `waker` yet. */
  async function wakerAndWoken() {
    const scene = await Scene.of(name);
    const woken = await Victim.start(name, scene.object);
    onTestFinished(() => woken.end());
    if (scene.cls.owned) await scene.victim.do('take');
    const before = counters();
    await woken.do('begin');
    await scene.queued(1);
    const made = [...counters().keys()].filter((fd) => !before.has(fd));
    // Only of an eventfd can it be told who has written to it.
    expect(made.length).toBe(native.waker === 'eventfd' ? 1 : 0);
    await scene.victim.stopAt('waking', 'open');
    return { scene, waking: scene.victim, woken, waker: made[0] };
  }

  test('dies before it is signalled: nobody writes to its waker, and the next is served', async () => {
    const { scene, waking, woken, waker } = await wakerAndWoken();
    await woken.stopAtEnd('retired', 'terminate');
    waking.letGo();
    await waking.do('ready');
    if (waker !== undefined) expect(counters().get(waker)).toBe('0');
    woken.letGo();
    await woken.gone();
    scene.wait();
    if (scene.isCondition) {
      // Nobody else waited when it was notified.
      await scene.queued(1);
      scene.open();
    }
    await scene.allPass();
    expect(await scene.isWhole()).toBe(true);
  });

  test('is signalled all the same by one that is killed there', async () => {
    const { scene, waking, woken } = await wakerAndWoken();
    await waking.kill();
    await until('the other to pass', () => woken.hasPassed, everything);
    scene.wait();
    await woken.kill();
    if (!scene.cls.owned && !scene.cls.staysOpen) {
      await scene.queued(1);
      scene.open();
    }
    await scene.allPass();
    expect(await scene.isWhole()).toBe(true);
  });
});
