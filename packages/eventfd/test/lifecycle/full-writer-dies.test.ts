// A counter so full that threads wait to write; some of them die.
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf } from '../support/descriptors.js';
import { Peer } from '../support/peer.js';

const MAX = 2n ** 64n - 2n;

test.each([
  ['write', 'writeSync'],
  ['writeSync', 'write'],
] as const)('a thread in %s dies, and others, in write and in %s, are served by the next read', async (dies, lives) => {
  using efd = new EventFd();
  efd.tryWrite(MAX);
  const peers = await Promise.all([1, 2, 3, 4].map(() => Peer.start(efd)));
  const [first, second, third, fourth] = peers as [Peer, Peer, Peer, Peer];
  await first.begin(dies, 1000n);
  await second.begin('write', 20n);
  await third.begin(dies, 1000n);
  await fourth.begin(lives, 3n);
  const own = efd.write(100n);

  await Promise.all([first, third].map(({ worker }) => worker.terminate()));
  expect(counterOf(efd.fd)).toBe(MAX); // they have written nothing
  expect(efd.tryRead()).toBe(MAX);
  await Promise.all([own, second.result(), fourth.result()]);
  expect(efd.tryRead()).toBe(123n);
  await Promise.all([second, fourth].map(({ worker }) => worker.terminate()));
});
