import { Barrier } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

/** Blocks this thread, whose loop must not turn, until the other party has come back from its wait. */
function waitBlocked(words: Int32Array, word: number): void {
  expect(Atomics.wait(words, word, 0, 30_000)).not.toBe('timed-out');
}

test('an abort after all have arrived comes too late: the round is complete, and for everybody', async () => {
  using barrier = new Barrier(2);
  const peer = await Peer.start(barrier);
  const abort = new AbortController();
  const mine = barrier.wait({ signal: abort.signal });
  const theirs = peer.do('arrive');
  waitBlocked(peer.words, 1);
  abort.abort();
  expect(await within('the round', mine)).toEqual({ leader: false });
  expect(await theirs).toEqual({ leader: true });
  expect(barrier.broken).toBe(false);
  await peer.terminate();
});

test('so does a timeout', async () => {
  using barrier = new Barrier(2);
  const peer = await Peer.start(barrier);
  const mine = barrier.wait({ timeout: 1 });
  const theirs = peer.do('arrive');
  waitBlocked(peer.words, 1);
  // The loop's timers come before its descriptors.
  const end = performance.now() + 5;
  while (performance.now() < end);
  expect(await within('the round', mine)).toEqual({ leader: false });
  expect(await theirs).toEqual({ leader: true });
  expect(barrier.broken).toBe(false);
  await peer.terminate();
});

test('a timeout and an arrival at the same moment: both parties say the same of the round', async () => {
  using barrier = new Barrier(2);
  const peer = await Peer.start(barrier);
  const outcome = (wait: () => unknown) => {
    try {
      wait();
      return 'complete';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const seen = new Map<string, number>();
  for (let i = 0; i < 300; i++) {
    const theirs = peer.do<string>('arriveSoon', i % 60);
    const mine = outcome(() => barrier.waitSync({ timeout: 1 }));
    const both = `${mine} and ${await theirs}`;
    seen.set(both, (seen.get(both) ?? 0) + 1);
    if (barrier.broken) barrier.reset();
    await queued(barrier, 0);
  }
  const allowed = ['complete and complete', 'ERR_TIMEOUT and ERR_BARRIER_BROKEN'];
  expect([...seen.keys()].filter((both) => !allowed.includes(both))).toEqual([]);
  await peer.terminate();
});
