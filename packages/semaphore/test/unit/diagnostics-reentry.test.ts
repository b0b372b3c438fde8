import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';

test('a subscriber that aborts a wait whose grant is just being told changes nothing', async () => {
  const semaphore = new Semaphore(0);
  const abort = new AbortController();
  const onGranted = () => abort.abort('too late');
  subscribe('eventfd:wait:granted', onGranted);
  try {
    // All three are granted in one burst: while the first is told, the others have their permits already.
    const waits = [semaphore.acquire(), semaphore.acquire({ signal: abort.signal }), semaphore.acquire()];
    semaphore.grow(3);
    const permits = await within('the waits', Promise.all(waits), semaphore);
    expect(semaphore.available).toBe(0);
    for (const permit of permits) permit.release();
    expect([semaphore.available, semaphore.permits]).toEqual([3, 3]);
  } finally {
    unsubscribe('eventfd:wait:granted', onGranted);
  }
});
