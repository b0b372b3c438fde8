/** `inspect()` shows the Web Locks of all threads. */
import { inspect as format } from 'node:util';
import { inspect, type ObjectState } from '@eventfd/semaphore';
import { locks } from '@eventfd/semaphore/web-locks';
import { expect, test } from 'vitest';
import { cycleIn } from '../../dist/cli/cycle.js';
import { LockThread } from '../support/lock-thread.js';

const webLocks = () => inspect().filter(({ kind }) => kind === 'WebLock');
const ms = expect.any(Number);

test('who holds and who waits, on all threads, by name, in the order of grants and requests', async () => {
  const [a, b] = [await LockThread.start(), await LockThread.start()];
  const [idA, idB] = [a.worker.threadId, b.worker.threadId];
  await a.run(({ hold }) => hold('x', { mode: 'shared' }));
  await a.run(({ hold }) => hold('x', { mode: 'shared' }));
  await b.run(({ hold }) => hold('y'));
  await b.run(({ locks }) => void locks.request('x', () => {}));
  await a.run(({ locks }) => void locks.request('x', { mode: 'shared' }, () => {}));
  const common = { kind: 'WebLock', closed: false };
  const waits = { permits: 1, sync: false, priority: 0, waitedMs: ms };
  expect(webLocks()).toEqual([
    {
      ...common,
      id: 'web-lock:x',
      name: 'x',
      state: { held: true, shared: true },
      holders: [{ threadId: idA, permits: 2, mode: 'shared', heldMs: ms }],
      waiters: [
        { threadId: idB, mode: 'exclusive', ...waits },
        { threadId: idA, mode: 'shared', ...waits },
      ],
    },
    {
      ...common,
      id: 'web-lock:y',
      name: 'y',
      state: { held: true, shared: false },
      holders: [{ threadId: idB, permits: 1, mode: 'exclusive', heldMs: ms }],
      waiters: [],
    },
  ]);
  expect(format(webLocks()[0]).replaceAll(/\d+ ms/g, 'N ms')).toBe(
    [
      'WebLock "x" { held: true, shared: true }',
      `  held by thread ${idA}: 2 shared for N ms`,
      `  thread ${idB} waiting for N ms, wants it exclusive`,
      `  thread ${idA} waiting for N ms, wants it shared`,
    ].join('\n'),
  );
});

test('since when: a lock that was waited for is held since it was granted, and one that is gone is not shown', async () => {
  const { promise: over, resolve: end } = withResolvers();
  const first = locks.request('since', () => over);
  let ended = Number.NaN;
  const second = locks.request('since', () => {
    const [lock] = webLocks() as [ObjectState];
    expect(lock.waiters).toEqual([]);
    const sinceGrant = performance.now() - ended;
    return [lock.holders[0]?.heldMs, Math.ceil(sinceGrant)] as [number, number];
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [lock] = webLocks() as [ObjectState];
  const [holder, waiter] = [lock.holders[0], lock.waiters[0]];
  expect(holder?.heldMs).toBeGreaterThanOrEqual(90);
  expect(waiter?.waitedMs).toBeGreaterThanOrEqual(90);
  ended = performance.now();
  end();
  await first;
  // Not since it was asked for.
  const [held, most] = await second;
  expect(held).toBeLessThanOrEqual(most);
  expect(webLocks()).toEqual([]);
});

test('names that no string of UTF-8 has are shown as they are', async () => {
  await locks.request('\ud800\0', () => expect(webLocks()).toMatchObject([{ name: '\ud800\0' }]));
});

test('threads that hold what the other waits for are a cycle', async () => {
  const [a, b] = [await LockThread.start(), await LockThread.start()];
  await a.run(({ hold }) => hold('left'));
  await b.run(({ hold }) => hold('right'));
  await a.run(({ locks }) => void locks.request('right', () => {}));
  expect(cycleIn(inspect())).toEqual([]);
  await b.run(({ locks }) => void locks.request('left', () => {}));
  const [idA, idB] = [a.worker.threadId, b.worker.threadId];
  const steps = [
    { threadId: idA, object: 'WebLock "right"', sync: false },
    { threadId: idB, object: 'WebLock "left"', sync: false },
  ];
  const found = cycleIn(inspect());
  expect(found.toSorted((x, y) => x.threadId - y.threadId)).toEqual(steps);
});

function withResolvers() {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
