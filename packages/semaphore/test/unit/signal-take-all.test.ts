import { Signal } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { Peer } from '../support/peer.js';

const MOST = 2 ** 29 - 1;

test('takes all posts at once, and says how many there were', () => {
  using signal = new Signal(3);
  signal.post(4);
  expect([signal.takeAll(), signal.takeAll(), signal.count]).toEqual([7, 0, 0]);
  signal.post(MOST);
  expect([signal.takeAll(), signal.count]).toEqual([MOST, 0]);
});

test('not what a wait was granted, which has not seen it yet', async () => {
  using signal = new Signal();
  const waits = [signal.wait(), signal.wait()];
  signal.post(2);
  // The first was granted its post; the second was woken for the other, which is free for whoever comes first.
  expect(signal.takeAll()).toBe(1);
  await within('the first', waits[0] as Promise<void>, signal);
  signal.post();
  await within('the second', waits[1] as Promise<void>, signal);
  expect(signal.takeAll()).toBe(0);
});

test('while others post and take, none is lost and none is taken twice', async () => {
  const POSTS = 200_000;
  using signal = new Signal();
  const peers = await Peer.startMany(2, signal);
  const posting = Promise.all(peers.map((peer) => peer.do('repeat', 'post', POSTS, 1)));
  let taken = 0;
  let over = false;
  void posting.finally(() => {
    over = true;
  });
  while (!over) {
    taken += signal.takeAll();
    if (signal.tryWait()) taken++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await posting;
  expect(taken + signal.takeAll()).toBe(2 * POSTS);
  for (const peer of peers) await peer.terminate();
});

test('closed or disposed, it throws', () => {
  const signal = new Signal(2);
  signal.close();
  expect(() => signal.takeAll()).toThrow(expect.objectContaining({ code: 'ERR_SIGNAL_CLOSED' }));
  signal[Symbol.dispose]();
  expect(() => signal.takeAll()).toThrow(expect.objectContaining({ code: 'ERR_SIGNAL_CLOSED' }));
});
