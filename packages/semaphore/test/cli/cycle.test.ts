import { expect, test } from 'vitest';
import { cycleIn } from '../../dist/cli/cycle.js';
import type { ObjectState } from '../../dist/index.js';

const object = (name: string, holders: number[], waiters: number[], sync = true): ObjectState => ({
  kind: 'Semaphore',
  id: `1:64:${name}`,
  name,
  closed: false,
  state: {},
  holders: holders.map((threadId) => ({ threadId, permits: 1 })),
  waiters: waiters.map((threadId) => ({ threadId, permits: 1, sync, priority: 0, waitedMs: 1 })),
});

const threadsOf = (...objects: ObjectState[]) => cycleIn(objects).map(({ threadId }) => threadId);

test('a chain is no cycle, whatever its length', () => {
  expect(threadsOf()).toEqual([]);
  expect(threadsOf(object('a', [1], [2]), object('b', [2], [3]), object('c', [3], [4]))).toEqual([]);
});

test('who waits for what it holds itself is one', () => {
  expect(threadsOf(object('a', [1], [1]))).toEqual([1]);
});

test('those who only wait for a cycle are no part of it', () => {
  expect(threadsOf(object('z', [1], [9]), object('a', [1], [2]), object('b', [2], [3]), object('c', [3], [1]))).toEqual(
    [1, 3, 2],
  );
});

test('one holder that does not wait may let go, and then there is none', () => {
  expect(threadsOf(object('a', [1, 7], [2]), object('b', [2], [1]))).toEqual([]);
  expect(threadsOf(object('a', [1, 7], [2]), object('b', [2], [1, 7]))).toEqual([2, 1]);
});

test('what nobody holds, an event for instance, is waited for and closes no cycle', () => {
  expect(threadsOf(object('a', [], [1]), object('b', [1], [2]))).toEqual([]);
});

test('who awaits what its own thread holds does not close one: that thread runs, and lets go', () => {
  expect(threadsOf(object('a', [1], [1, 1], false))).toEqual([]);
  // Nor is it stuck for who waits behind it.
  expect(threadsOf(object('a', [1], [1, 2], false), object('b', [2], [3], false))).toEqual([]);
  // It may hold it along with another thread, of which it is to be told.
  expect(threadsOf(object('a', [1, 2], [1], false), object('b', [1], [2], false))).toEqual([1, 2]);
});

test('threads that are blocked come before those that await, which may yet let go', () => {
  const awaited = [object('a', [1], [2], false), object('b', [2], [1], false)];
  const blocked = [object('c', [3], [4]), object('d', [4], [3])];
  expect(threadsOf(...awaited, ...blocked)).toEqual([4, 3]);
  expect(threadsOf(...awaited)).toEqual([2, 1]);
});
