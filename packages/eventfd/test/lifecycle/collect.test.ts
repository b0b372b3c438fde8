import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { identityOf, openFor } from '../support/descriptors.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function collectUntil(done: () => boolean): Promise<void> {
  while (!done()) {
    collect();
    await nextTurn();
  }
}

test('an object that nobody refers to any more lets go', async () => {
  const identity = (() => identityOf(new EventFd().fd))();
  await collectUntil(() => openFor(identity) === 0);
});

test('an object that somebody waits through stays', async () => {
  const { read, handle } = (() => {
    const efd = new EventFd();
    return { read: efd.read(), handle: efd.handle };
  })();
  const other = (() => identityOf(new EventFd().fd))();
  await collectUntil(() => openFor(other) === 0);
  using attached = EventFd.from(handle);
  attached.tryWrite(2);
  expect(await read).toBe(2n);
});

test('an object that was closed is not let go of twice', async () => {
  using kept = new EventFd();
  (() => EventFd.from(kept).close())();
  const other = (() => identityOf(new EventFd().fd))();
  await collectUntil(() => openFor(other) === 0);
  expect(kept.tryWrite()).toBe(true);
});
