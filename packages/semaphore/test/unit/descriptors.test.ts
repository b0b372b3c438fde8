// Wakers: eventfd.
import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a thread that waits owns one descriptor, however many semaphores it waits on; one that ends gives it back', async () => {
  const seen = JSON.parse(await output('descriptors.mjs'));
  // In eventfds of ours: none before anybody waits, one for each of the threads that do, whatever for.
  expect(seen).toEqual({ idle: 0, used: 0, mainWaits: 1, workersWait: 5, workersGone: 1 });
});
