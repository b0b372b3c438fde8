/** A request that was torn out of its start, and whose lock is stolen before a microtask makes up for that. */
import { thisCopy } from 'eventfd/internal';
import { expect, test } from 'vitest';
import { locks } from '../../dist/web-locks/index.js';

/** As a vm timeout would, at the start of a function of the language's own: here the promise hears of it, there nobody does. */
function torn(request: () => Promise<unknown>): Promise<unknown> {
  const { lockRequests } = thisCopy;
  if (lockRequests === undefined) throw new Error('nobody has loaded the Web Locks');
  lockRequests.set = () => {
    throw new Error('torn');
  };
  try {
    return request();
  } finally {
    Reflect.deleteProperty(lockRequests, 'set');
  }
}

test('it ends nothing that is not its own', async () => {
  const first = torn(() => locks.request('torn', () => {}));
  const thief = locks.request('torn', { steal: true }, () => {});
  const later = locks.request('another', async () => {
    // Whatever the first has left to do is done by now.
    await thief;
    const { held } = await locks.query();
    expect(held.map(({ name }) => name)).toEqual(['another']);
  });
  await expect(first).rejects.toThrow('torn');
  await later;
  expect(await locks.query()).toEqual({ held: [], pending: [] });
});
