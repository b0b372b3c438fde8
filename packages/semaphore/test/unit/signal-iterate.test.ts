import { Signal } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { turns, until, within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

async function collect(signal: Signal): Promise<number[]> {
  const counts: number[] = [];
  for await (const count of signal) counts.push(count);
  return counts;
}

test('posts between two turns come as one', async () => {
  using signal = new Signal(2);
  const counts: number[] = [];
  for await (const count of signal) {
    counts.push(count);
    if (counts.length === 3) break;
    signal.post(counts.length);
    signal.post(10);
  }
  expect(counts).toEqual([2, 11, 12]);
});

test('a break leaves no waiter and takes no post', async () => {
  using signal = new Signal(1);
  for await (const _ of signal) break;
  await turns(5);
  expect(signal.waiting).toBe(0);
  signal.post(3);
  await turns(5);
  expect([signal.count, signal.waiting]).toEqual([3, 0]);
});

describe('closing', () => {
  test('ends a stream that waits', async () => {
    using signal = new Signal();
    const counts = collect(signal);
    await queued(signal, 1);
    signal.close();
    expect(await within('the end of the stream', counts)).toEqual([]);
  });

  test('ends one that is asked for the next', async () => {
    using signal = new Signal(1);
    const counts: number[] = [];
    for await (const count of signal) {
      counts.push(count);
      signal.close();
    }
    expect(counts).toEqual([1]);
  });

  test('right after the post it waited for: the post comes, then the end', async () => {
    using signal = new Signal();
    const counts = collect(signal);
    await queued(signal, 1);
    // Two, so that the waiter is handed one at once; closing finds it granted.
    signal.post(2);
    signal.close();
    expect(await within('the end of the stream', counts)).toEqual([1]);
  });

  test('disposing right after the post does the same', async () => {
    const signal = new Signal();
    const counts = collect(signal);
    await queued(signal, 1);
    signal.post(2);
    signal[Symbol.dispose]();
    expect(await within('the end of the stream', counts)).toEqual([1]);
  });

  test('on another thread ends it', async () => {
    using signal = new Signal();
    const peer = await Peer.start(signal);
    const counts = collect(signal);
    await queued(signal, 1);
    await peer.call('close');
    expect(await within('the end of the stream', counts)).toEqual([]);
    await peer.terminate();
  });
});

describe('across threads', () => {
  test('two streams on two threads see every post once', async () => {
    const POSTS = 200_000;
    using signal = new Signal();
    const consumers = await Peer.startMany(2, signal, new Int32Array(new SharedArrayBuffer(32)));
    const words = consumers[0]?.words as Int32Array;
    const streams = consumers.map((consumer, i) => consumer.do<number>('consume', i));
    await queued(signal, 2);
    for (let posted = 0; posted < POSTS; posted += 4) {
      signal.post(1 + (posted % 3));
      signal.post(3 - (posted % 3));
    }
    const taken = () => Atomics.load(words, 0) + Atomics.load(words, 1);
    await until('all posts taken', () => taken() >= POSTS, signal, words);
    await queued(signal, 2);
    expect([taken(), signal.count]).toEqual([POSTS, 0]);
    signal.close();
    const values = await Promise.all(streams);
    expect(values.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(POSTS);
    for (const consumer of consumers) await consumer.terminate();
  });

  test('a stream here adds up to what four threads post', async () => {
    const TIMES = 20_000;
    using signal = new Signal();
    const producers = await Peer.startMany(4, signal);
    const done = Promise.all(producers.map((producer) => producer.do('repeat', 'post', TIMES, 0, 2)));
    let sum = 0;
    for await (const count of signal) {
      sum += count;
      if (sum === 8 * TIMES) break;
    }
    await done;
    expect([signal.count, signal.waiting]).toEqual([0, 0]);
    for (const producer of producers) await producer.terminate();
  });
});
