import { Latch } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { Peer } from '../support/peer.js';

test('tryWait says whether the count is 0, and changes nothing', async () => {
  using latch = new Latch(2);
  const peer = await Peer.start(latch);
  expect([latch.tryWait(), await peer.call('tryWait')]).toEqual([false, false]);
  latch.countDown();
  expect([latch.tryWait(), latch.count]).toEqual([false, 1]);
  latch.countDown();
  expect([latch.tryWait(), latch.tryWait(), await peer.call('tryWait'), latch.count]).toEqual([true, true, true, 0]);
  await peer.terminate();
});

test('closed or disposed, it throws', () => {
  const latch = new Latch(0);
  latch.close();
  expect(() => latch.tryWait()).toThrow(expect.objectContaining({ code: 'ERR_LATCH_CLOSED' }));
  latch[Symbol.dispose]();
  expect(() => latch.tryWait()).toThrow(expect.objectContaining({ code: 'ERR_LATCH_CLOSED' }));
});
