import { Barrier } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { Peer } from '../support/peer.js';
import { seedOf } from '../support/random.mjs';

/** What fixtures/peer.mjs counts in the words it shares. */
const [, VIOLATIONS, LEADERS] = [0, 1, 2];

describe.each([
  { parties: 2, rounds: 3000, delay: 0 },
  { parties: 2, rounds: 1500, delay: 300 },
  { parties: 5, rounds: 400, delay: 0 },
  { parties: 5, rounds: 250, delay: 300 },
])('$parties threads, $rounds rounds, delays up to $delay', ({ parties, rounds, delay }) => {
  test.each(['sync', 'async', 'mixed'])('%s: nobody passes early, and each round has one leader', async (mode) => {
    const seed = seedOf(`${parties} parties, ${mode}`);
    using barrier = new Barrier(parties);
    // Three words for all, then one for each party: the round it is in.
    const words = new Int32Array(new SharedArrayBuffer(4 * (3 + parties)));
    const peers = await Peer.startMany(parties, barrier, words);
    const done = peers.map((peer, i) => peer.do('rounds', { i, parties, rounds, delay, mode, seed: seed + i }));
    await within('all rounds', Promise.all(done), barrier, words);
    expect(words[VIOLATIONS]).toBe(0);
    expect(words[LEADERS]).toBe(rounds);
    expect([...words.subarray(3)]).toEqual(Array(parties).fill(rounds));
    expect([barrier.broken, barrier.waiting]).toEqual([false, 0]);
    for (const peer of peers) await peer.terminate();
  });
});
