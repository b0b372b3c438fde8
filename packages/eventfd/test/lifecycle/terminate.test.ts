// A blocked worker can be terminated. Nothing here is a benchmark: a wait that cannot be ended would take for ever.
import { closeSync } from 'node:fs';
import { EventFd, eventfd } from 'eventfd';
import { afterAll, describe, expect, test } from 'vitest';
import { Peer } from '../support/peer.js';

const MAX = 2n ** 64n - 2n;
const most = 100; // ms, for the best of five: the machine may be busy with something else

const empty = new EventFd();
const full = new EventFd();
full.tryWrite(MAX - 1n);
const emptyFd = eventfd(0); // these two are blocking
const oneFd = eventfd(1);
afterAll(() => {
  empty.close();
  full.close();
  closeSync(emptyFd);
  closeSync(oneFd);
});

const waits: [string, EventFd, ...unknown[]][] = [
  ['readSync', empty],
  ['readSync', empty, { timeout: 1e9 }],
  ['writeSync', full, 2],
  ['select', empty],
  ['eventfdRead', empty, emptyFd],
  ['eventfdWrite', empty, oneFd, MAX],
];

const ends: [string, (peer: Peer) => Promise<unknown>][] = [
  ['is terminated', (peer) => peer.worker.terminate()],
  [
    // The message gives its loop work that it cannot do. From then on the loop no longer wakes the wait up.
    'is terminated after a message',
    (peer) => {
      peer.worker.postMessage({ method: 'fd', args: [] });
      return peer.worker.terminate();
    },
  ],
];

describe.each(ends)(`a blocked worker %s within ${most} ms`, (_how, end) => {
  test.each(waits)('%s', async (method, efd, ...args) => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const peer = await Peer.start(efd);
      await peer.begin(method, ...args);
      const began = performance.now();
      await end(peer);
      times.push(performance.now() - began);
    }
    expect(Math.min(...times)).toBeLessThanOrEqual(most);
  });
});
