import { Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

/** Each way is a race; so many, that one which loses a post now and then is found. */
const TIMES = 15;

function wake(peer: Peer, word: number): void {
  Atomics.store(peer.words, word, 1);
  Atomics.notify(peer.words, word);
}

describe('a thread that ends with a post on its way to it', () => {
  test('by terminate(): the post stays', async () => {
    for (let i = 0; i < TIMES; i++) {
      using signal = new Signal();
      const peer = await Peer.start(signal);
      peer.tell('waitAndNeverLook', 'spin');
      await queued(signal, 1);
      signal.post();
      wake(peer, 0);
      await peer.terminate();
      expect([signal.count, signal.waiting, peer.words[1]]).toEqual([1, 0, 0]);
    }
  });

  test('by process.exit(): the post stays', async () => {
    for (let i = 0; i < TIMES; i++) {
      using signal = new Signal();
      const peer = await Peer.start(signal);
      peer.tell('waitAndNeverLook', 'exit');
      await queued(signal, 1);
      signal.post();
      wake(peer, 0);
      await within('the exit', peer.gone);
      expect([signal.count, signal.waiting, peer.words[1]]).toEqual([1, 0, 0]);
    }
  });

  test('granted, and the next in the queue is served', async () => {
    for (let i = 0; i < TIMES; i++) {
      using signal = new Signal();
      const peer = await Peer.start(signal);
      peer.tell('waitAndNeverLook', 'spin');
      await queued(signal, 1);
      // Two posts for one waiter: it is handed one, and we take the other.
      signal.post(2);
      expect([signal.waiting, signal.tryWait()]).toEqual([0, true]);
      const next = signal.wait();
      wake(peer, 0);
      await peer.terminate();
      await within('the post that came back', next, signal);
      expect([signal.count, signal.waiting, peer.words[1]]).toEqual([0, 0, 0]);
    }
  });

  test('terminated while it blocks, and posted to at once: the post is for others', async () => {
    for (let i = 0; i < TIMES; i++) {
      using signal = new Signal();
      const peer = await Peer.start(signal);
      peer.tell('blockAndCount');
      await queued(signal, 1);
      const gone = peer.terminate();
      signal.post();
      await gone;
      expect([signal.count, signal.waiting, peer.words[1]]).toEqual([1, 0, 0]);
    }
  });

  test('posted to and terminated at once: no post is there twice', async () => {
    for (let i = 0; i < TIMES; i++) {
      using signal = new Signal();
      const peer = await Peer.start(signal);
      peer.tell('blockAndCount');
      await queued(signal, 1);
      signal.post();
      await peer.terminate();
      expect(signal.count + (peer.words[1] ?? 0)).toBeLessThanOrEqual(1);
      expect(signal.waiting).toBe(0);
    }
  });
});

test('what a thread took is gone with it', async () => {
  using signal = new Signal(3);
  const peer = await Peer.start(signal);
  await peer.call('wait');
  await peer.call('waitSync');
  await peer.terminate();
  expect(signal.count).toBe(1);
});
