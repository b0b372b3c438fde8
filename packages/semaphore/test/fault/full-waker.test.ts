// Somebody writes into a thread's waker, until its counter is full: a descriptor number is a number.
// Wakers: eventfd.
import { readdirSync, readlinkSync } from 'node:fs';
import { Signal } from '@eventfd/semaphore';
import { eventfdWrite } from 'eventfd';
import { expect, test } from 'vitest';
import { counterOf } from '../../../eventfd/test/support/descriptors.js';
import { until, within } from '../support/deadline.js';
import { Peer } from '../support/peer.js';

function eventfds(): number[] {
  const isOne = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[eventfd]';
    } catch {
      return false; // the directory that was just read
    }
  };
  return readdirSync('/proc/self/fd').filter(isOne).map(Number);
}

/** Writes as much as there is room for. */
function fill(waker: number): void {
  for (let value = 2n ** 64n - 2n; value > 0n; value /= 2n) {
    try {
      eventfdWrite(waker, value);
    } catch (error) {
      expect(error).toMatchObject({ code: 'EAGAIN' });
    }
  }
}

/** A thread that waits for the signal, and its waker. */
async function startWaiting(operation: string, ...args: unknown[]) {
  const signal = new Signal();
  const peer = await Peer.start(signal);
  const before = new Set(eventfds());
  peer.tell(operation, ...args);
  await until('the wait', () => signal.waiting === 1, signal);
  const [waker, ...others] = eventfds().filter((fd) => !before.has(fd));
  expect([typeof waker, others]).toEqual(['number', []]);
  return { signal, peer, waker: waker as number };
}

test('a promise is served through a waker that is full', async () => {
  const { signal, peer, waker } = await startWaiting('waitAndNeverLook');
  fill(waker);
  expect(counterOf(waker)).toBe(2n ** 64n - 2n);
  signal.post(); // finds no room, and need not: the thread will look
  Atomics.store(peer.words, 0, 1);
  Atomics.notify(peer.words, 0);
  await until('the promise', () => peer.words[1] === 1, signal);
  await until('the loop to have read it', () => counterOf(waker) === 0n);
  const again = peer.call('wait');
  await until('the next wait', () => signal.waiting === 1, signal);
  signal.post();
  await within('the next wait', again, signal);
  await peer.terminate();
});

test('a blocked thread is served, however often others fill its waker', async () => {
  const ROUNDS = 200;
  const { signal, peer, waker } = await startWaiting('repeat', 'waitSync', ROUNDS, 1);
  for (let round = 0; round < ROUNDS; round++) {
    await until('the wait', () => signal.waiting === 1, signal);
    fill(waker);
    expect(peer.words[1]).toBe(round); // it was not taken for a post
    signal.post();
    fill(waker);
    await until('the post', () => peer.words[1] === round + 1, signal);
  }
  expect([signal.tryWait(), signal.waiting]).toEqual([false, 0]);
  await peer.terminate();
});

test('a thread whose waker is full dies, and what it was granted goes to the next', async () => {
  const { signal, peer, waker } = await startWaiting('waitAndNeverLook');
  fill(waker);
  const next = signal.wait();
  signal.post();
  await peer.terminate();
  await within('the next', next, signal);
});
