// Must come first.
import '../support/points-addon.js';

import { locks } from '@eventfd/semaphore/web-locks';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { Scene } from '../support/points.js';
import { everything } from '../support/victim.js';

/** A thread that stands at points, and requests the Web Lock 'it'. */
async function victim() {
  return (await Scene.of('Semaphore')).victim;
}

/** Whether the lock can be had, and nothing is left of anybody. */
async function isFree(): Promise<boolean> {
  await within(
    'the lock',
    locks.request('it', () => {}),
    everything,
  );
  const { held, pending } = await locks.query();
  return held.length + pending.length === 0;
}

test.each(['requestLock called', 'asking', 'asked', 'requestLock returned'])(
  'a thread is killed while it requests a free lock: %s',
  async (point) => {
    const dying = await victim();
    await dying.stopAt(point, 'lock');
    const waits = locks.request('it', () => {});
    await dying.kill();
    await within('who waits', waits, everything);
    expect(await isFree()).toBe(true);
  },
);

test.each(['requestLock called', 'asking', 'asked', 'requestLock returned'])(
  'a thread is killed while it requests a lock that is held: %s',
  async (point) => {
    const dying = await victim();
    await locks.request('it', async () => {
      await dying.stopAt(point, 'lock');
      await dying.kill();
    });
    expect(await isFree()).toBe(true);
  },
);

test.each(['endLock called', 'unlocking', 'unlocked', 'endLock returned'])(
  'a thread is killed while it gives a lock back: %s',
  async (point) => {
    const dying = await victim();
    await dying.do('lock');
    const waits = locks.request('it', () => {});
    await dying.arm(point, 'unlock');
    await dying.stands(point);
    await dying.kill();
    await within('who waits', waits, everything);
    expect(await isFree()).toBe(true);
  },
);

test.each(['woken', 'takeLockNews called', 'takeLockNews returned'])(
  'a thread is killed as it hears that a lock is granted: %s',
  async (point) => {
    const dying = await victim();
    let waits: Promise<void> | undefined;
    await locks.request('it', async () => {
      await dying.arm(point, 'ask');
      waits = locks.request('it', () => {});
    });
    await dying.stands(point);
    await dying.kill();
    await within('who waits', waits as Promise<void>, everything);
    expect(await isFree()).toBe(true);
  },
);
