import { Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { outOfRange } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const MOST = 2 ** 29 - 1;

test('what is there at the start and what is posted can be taken, each once', async () => {
  using signal = new Signal(2);
  expect(signal.tryWait()).toBe(true);
  signal.waitSync({ timeout: 0 });
  expect(signal.tryWait()).toBe(false);
  signal.post(3);
  expect(signal.count).toBe(3);
  await signal.wait({ timeout: 0 });
  signal.waitSync();
  expect([signal.tryWait(), signal.tryWait(), signal.count]).toEqual([true, false, 0]);
});

test('more posts than it can count are refused as a whole', () => {
  using signal = new Signal(MOST - 2, { name: 'full' });
  expect(() => signal.post(3)).toThrow(outOfRange('count', 3));
  expect(() => signal.post(3)).toThrow('Signal "full"');
  expect(signal.count).toBe(MOST - 2);
  signal.post(2);
  expect(() => signal.post()).toThrow(outOfRange('count', 1));
  expect(() => signal.post(MOST)).toThrow(outOfRange('count', MOST));
  expect([signal.tryWait(), signal.count]).toEqual([true, MOST - 1]);
});

test('a million posts of four threads are taken one by one by two, blocking, trying and awaiting', async () => {
  const [EACH, TAKERS, POSTERS] = [250_000, 2, 4];
  using signal = new Signal();
  const takers = await Peer.startMany(TAKERS, signal);
  const posters = await Peer.startMany(POSTERS, signal);
  const taken = takers.map((taker) => taker.do<number>('takeAll', (EACH * POSTERS) / TAKERS));
  await Promise.all(posters.map((poster) => poster.do('repeat', 'post', EACH, 0)));
  await within('the takers', Promise.all(taken), signal);
  expect([signal.count, signal.waiting, signal.tryWait()]).toEqual([0, 0, false]);
  for (const peer of [...takers, ...posters]) await peer.terminate();
});

test('waiters of several threads are served in the order in which they came', async () => {
  using signal = new Signal();
  const peers = await Peer.startMany(4, signal);
  const order: number[] = [];
  const waits: Promise<unknown>[] = [];
  for (const [i, peer] of peers.entries()) {
    const wait = i % 2 === 0 ? peer.call('wait') : peer.call('waitSync');
    waits.push(wait.then(() => order.push(i)));
    await queued(signal, i + 1);
  }
  for (let served = 1; served <= peers.length; served++) {
    signal.post();
    await within('the next in the queue', waits[served - 1] as Promise<unknown>, order, signal);
  }
  expect(order).toEqual([0, 1, 2, 3]);
  for (const peer of peers) await peer.terminate();
});

describe('a wait that is given up', () => {
  test('takes no post: the next in the queue gets it', async () => {
    using signal = new Signal();
    const abort = new AbortController();
    const first = signal.wait({ signal: abort.signal });
    const second = signal.wait();
    signal.post();
    abort.abort('enough');
    await expect(first).rejects.toBe('enough');
    await within('the second', second, signal);
    expect([signal.count, signal.waiting]).toEqual([0, 0]);
  });

  test('and had been handed a post: the post is there again', async () => {
    using signal = new Signal();
    const abort = new AbortController();
    const waits = [signal.wait({ signal: abort.signal }), signal.wait({ signal: abort.signal })];
    // More than are wanted, so that both are granted at once.
    signal.post(4);
    expect([signal.waiting, signal.count]).toEqual([0, 2]);
    abort.abort('enough');
    for (const wait of waits) await expect(wait).rejects.toBe('enough');
    expect([signal.count, signal.waiting]).toEqual([4, 0]);
  });

  test('by a timeout that races with the posts of another thread: none is lost', async () => {
    const POSTS = 2000;
    using signal = new Signal();
    const poster = await Peer.start(signal);
    const posting = poster.do('postSlowly', POSTS);
    let taken = 0;
    let late = 0;
    for (let i = 0; taken + signal.count < POSTS || i < 200; i++) {
      try {
        if (i % 3 === 0) signal.waitSync({ timeout: 0.05 * (i % 7) });
        else await signal.wait({ timeout: i % 3 });
        taken++;
      } catch (error) {
        expect(error).toEqual(expect.objectContaining({ code: 'ERR_TIMEOUT' }));
        late++;
      }
      if (late > 1_000_000) throw new Error(`${taken} taken, ${signal.count} there`);
    }
    await posting;
    expect([taken + signal.count, signal.waiting]).toEqual([POSTS, 0]);
    expect(late).toBeGreaterThan(0);
    await poster.terminate();
  });
});

test('closed, it says so to who tries, and what is there stays uncounted for', () => {
  using signal = new Signal(2);
  signal.close();
  expect(() => signal.tryWait()).toThrow(expect.objectContaining({ code: 'ERR_SIGNAL_CLOSED' }));
  expect(signal.count).toBe(2);
});
