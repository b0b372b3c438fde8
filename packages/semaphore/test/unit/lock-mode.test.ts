/** Who reads and who writes an RwLock, in words: its cell counts a writer as all the readers that there could be. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { inspect as format } from 'node:util';
import { threadId } from 'node:worker_threads';
import { inspect, type ObjectState, RwLock, type WaitMessage } from '@eventfd/semaphore';
import { expect, onTestFinished, test } from 'vitest';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const stateOf = (lock: RwLock) => inspect().find(({ id }) => id === lock.id) as ObjectState;
const timeless = (text: string) => text.replaceAll(/\d+ ms/g, 'N ms');

/** Waits that begin in this thread from now on. */
function waits(): WaitMessage[] {
  const heard: WaitMessage[] = [];
  const listen = (message: unknown) => void heard.push(message as WaitMessage);
  subscribe('eventfd:wait:start', listen);
  onTestFinished(() => void unsubscribe('eventfd:wait:start', listen));
  return heard;
}

test('a writer holds once, to write; who waits wants once, to read or to write', async () => {
  using lock = new RwLock({ name: 'mode' });
  const heard = waits();
  const writer = lock.writeSync();
  const abort = new AbortController();
  const all = [lock.read({ signal: abort.signal }), lock.write({ signal: abort.signal })];
  const peer = await Peer.start(lock);
  peer.tell('call', 'writeSync', { timeout: 60_000 });
  await queued(lock, 3);
  const { holders, waiters } = stateOf(lock);
  expect(holders).toEqual([{ threadId, permits: 1, mode: 'write' }]);
  expect(waiters.map(({ threadId, permits, mode }) => [threadId, permits, mode])).toEqual([
    [threadId, 1, 'read'],
    [threadId, 1, 'write'],
    [peer.worker.threadId, 1, 'write'],
  ]);
  expect(timeless(format(stateOf(lock)))).toBe(
    [
      'RwLock "mode" { readers: 0, writing: true, abandoned: false }',
      `  held by thread ${threadId}: 1 to write`,
      `  thread ${threadId} waiting for N ms, wants to read`,
      `  thread ${threadId} waiting for N ms, wants to write`,
      `  thread ${peer.worker.threadId} blocked for N ms, wants to write`,
    ].join('\n'),
  );
  expect(heard.map(({ permits, mode }) => [permits, mode])).toEqual([
    [1, 'read'],
    [1, 'write'],
  ]);
  abort.abort();
  await Promise.allSettled(all);
  await peer.terminate();
  writer.unlock();
});

test('readers are counted', () => {
  using lock = new RwLock({ name: 'mode' });
  const readers = [lock.readSync(), lock.readSync()];
  expect(stateOf(lock).holders).toEqual([{ threadId, permits: 2, mode: 'read' }]);
  expect(format(stateOf(lock))).toContain(`\n  held by thread ${threadId}: 2 to read`);
  for (const reader of readers) reader.unlock();
});

test('where a writer has locked it, it stands once; after a downgrade it reads', () => {
  using lock = new RwLock({ name: 'mode', trackHolders: true });
  const writer = lock.writeSync();
  expect(stateOf(lock).holders).toMatchObject([{ permits: 1, mode: 'write', acquired: [{ permits: 1, holds: 1 }] }]);
  expect(timeless(format(stateOf(lock)))).toContain(
    `  held by thread ${threadId}: 1 to write\n    1 for N ms, acquired\n`,
  );
  const reader = writer.downgrade();
  expect(stateOf(lock).holders).toMatchObject([{ permits: 1, mode: 'read', acquired: [{ permits: 1, holds: 1 }] }]);
  reader.unlock();
});

test('a warning says it in the same words', async () => {
  using lock = new RwLock({ name: 'mode', warnAfter: 20 });
  const writer = lock.writeSync();
  const warned = once(process, 'warning');
  const wait = lock.write();
  const [{ message, detail }] = (await warned) as [{ message: string; detail: string }];
  expect(timeless(`${message}\n${detail}`)).toBe(
    [
      'write() of RwLock "mode" has waited for N ms',
      `  held by thread ${threadId}: 1 to write`,
      `  thread ${threadId} waiting for N ms, wants to write`,
    ].join('\n'),
  );
  writer.unlock();
  (await wait).unlock();
});
