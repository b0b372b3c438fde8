/**
 * The rules of JSR-166's TCK for java.util.concurrent.CyclicBarrier, in tests of our own, for Barrier.
 *
 * Source: openjdk/jdk, test/jdk/java/util/concurrent/tck/CyclicBarrierTest.java at 414e05f6d750. By Doug Lea and the JSR-166
 * expert group, public domain (CC0); distributed by OpenJDK under GPL-2.0. Its rules were read, no text was taken.
 *
 * | there | here |
 * |---|---|
 * | Constructor1, Constructor2 | a negative number of parties is refused, and 0 too |
 * | GetParties | parties and waiters are told |
 * | SingleParty | of one party nobody waits |
 * | BarrierAction | there is no action; the leader, one a round, does once what is to be done once. It does so after the others were let go, not before |
 * | TwoParties | two threads meet four times, each way |
 * | Await1 and Await2_Interrupted_BrokenBarrier | one that is aborted breaks it for those that wait, with a timeout or without |
 * | Await3_TimeoutException | one that waits too long gets a TimeoutError, not early |
 * | Await4 and Await5_Timeout_BrokenBarrier | one that waits too long breaks it for those that wait, with a timeout or without |
 * | Reset_BrokenBarrier | reset() while others wait: they get a BarrierBrokenError |
 * | Reset_NoBrokenBarrier | reset() before anybody came changes nothing |
 * | Reset_Leakage | a thread that makes it whole whenever it finds it broken always waits again |
 * | ResetWithoutBreakage | rounds with a reset() in between. There each round has threads of its own; here a thread that ends after it has waited breaks the barrier, see the last test |
 * | ResetAfterInterrupt, ResetAfterTimeout | reset() after an abort, after a timeout: as new |
 * | ResetAfterCommandException | no action that could fail; who would have failed calls abort(), and reset() makes it as new |
 */
import { Barrier } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { outOfRange, timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';
import { isPending } from '../support/pending.js';

const brokenError = { name: 'BarrierBrokenError', code: 'ERR_BARRIER_BROKEN' };
const timeoutError = { name: 'TimeoutError', code: 'ERR_TIMEOUT' };

const methods = ['wait', 'waitSync'] as const;
/** How the other party waits; a timeout of its own makes no difference. */
const others = methods.flatMap((method) => [undefined, 60_000].map((timeout) => ({ method, timeout })));

function startTwo(barrier: Barrier): Promise<[Peer, Peer]> {
  return Peer.startMany(2, barrier) as Promise<[Peer, Peer]>;
}

/** Asks for the outcome now, since a rejection that nobody waits for is an error of its own. */
function expectBroken(wait: Promise<unknown>): Promise<void> {
  return expect(wait).rejects.toMatchObject(brokenError);
}

function expectAsNew(barrier: Barrier): void {
  expect([barrier.broken, barrier.waiting]).toEqual([false, 0]);
}

test.each([-1, 0])('%i parties are refused', (parties) => {
  expect(() => new Barrier(parties)).toThrow(outOfRange('parties', parties));
});

test('parties and waiters are told', async () => {
  using barrier = new Barrier(2);
  expect([barrier.parties, barrier.waiting]).toEqual([2, 0]);
  const wait = barrier.wait();
  expect(barrier.waiting).toBe(1);
  barrier.waitSync();
  await within('the round', wait, barrier);
  expect([barrier.parties, barrier.waiting]).toEqual([2, 0]);
});

test('of one party nobody waits', async () => {
  using barrier = new Barrier(1);
  barrier.waitSync();
  await barrier.wait();
  barrier.waitSync();
  expect([barrier.parties, barrier.waiting, barrier.broken]).toEqual([1, 0, false]);
});

test('the leader, one a round, does once what is to be done once', async () => {
  using barrier = new Barrier(3);
  const peers = await startTwo(barrier);
  let actions = 0;
  for (let round = 1; round <= 4; round++) {
    const waits = [barrier.wait(), ...peers.map((peer, i) => peer.call<{ leader: boolean }>(methods[i] ?? 'wait'))];
    for (const { leader } of await within('the round', Promise.all(waits), barrier)) if (leader) actions++;
    expect(actions).toBe(round);
  }
  for (const peer of peers) await peer.terminate();
});

test.each(methods)('two threads meet four times: %s', async (method) => {
  using barrier = new Barrier(2);
  const peer = await Peer.start(barrier);
  const ended = peer.do('repeat', method, 4, 0);
  for (let round = 0; round < 4; round++) {
    if (method === 'waitSync') barrier.waitSync();
    else await within('the other', barrier.wait(), barrier);
  }
  await within('the other thread', ended, barrier);
  expect([peer.words[0], barrier.waiting, barrier.broken]).toEqual([4, 0, false]);
  await peer.terminate();
});

describe.each(others)('while another is in $method, timeout $timeout', ({ method, timeout }) => {
  test('one that is aborted breaks it', async () => {
    using barrier = new Barrier(3);
    const [aborted, other] = await startTwo(barrier);
    await aborted.do('begin', 'w', 'wait', { timeout });
    const otherEnd = expectBroken(other.call(method, { timeout }));
    await queued(barrier, 2);
    await aborted.do('abort', 'w');
    await expect(aborted.do('outcome', 'w')).rejects.toMatchObject({ name: 'AbortError' });
    await within('the other', otherEnd, barrier);
    expect([barrier.broken, barrier.waiting]).toEqual([true, 0]);
    for (const peer of [aborted, other]) await peer.terminate();
  });

  test.each(methods)('one that times out in %s breaks it', async (late) => {
    using barrier = new Barrier(3);
    const [first, second] = await startTwo(barrier);
    const firstEnd = expectBroken(first.call(method, { timeout }));
    await queued(barrier, 1);
    await expect(second.call(late, { timeout: 12 })).rejects.toMatchObject(timeoutError);
    await within('the first', firstEnd, barrier);
    expect([barrier.broken, barrier.waiting]).toEqual([true, 0]);
    for (const peer of [first, second]) await peer.terminate();
  });
});

test.each(methods)('%s times out, not early', async (method) => {
  using barrier = new Barrier(2);
  const start = performance.now();
  if (method === 'waitSync') expect(() => barrier.waitSync({ timeout: 12 })).toThrow(timedOut);
  else await expect(barrier.wait({ timeout: 12 })).rejects.toThrow(timedOut);
  expect(performance.now() - start).toBeGreaterThanOrEqual(12);
});

test('reset() while others wait: they get a BarrierBrokenError, and the barrier is as new', async () => {
  using barrier = new Barrier(3);
  const peers = await startTwo(barrier);
  const ends = peers.map((peer, i) => expectBroken(peer.call(methods[i] ?? 'wait')));
  await queued(barrier, 2);
  barrier.reset();
  await within('both', Promise.all(ends), barrier);
  expectAsNew(barrier);
  for (const peer of peers) await peer.terminate();
});

test('reset() before anybody came changes nothing', async () => {
  using barrier = new Barrier(3);
  barrier.reset();
  const peers = await startTwo(barrier);
  const waits = peers.map((peer, i) => peer.call(methods[i] ?? 'wait'));
  await within('the round', Promise.all([barrier.wait(), ...waits]), barrier);
  expectAsNew(barrier);
  for (const peer of peers) await peer.terminate();
});

test('a thread that makes it whole whenever it finds it broken always waits again', async () => {
  using barrier = new Barrier(2);
  const peer = await Peer.start(barrier);
  for (let round = 0; round < 4; round++) {
    while (await peer.get('broken')) await peer.call('reset');
    await peer.do('begin', 'w');
    expect([barrier.waiting, barrier.broken]).toEqual([1, false]);
    expect(await isPending(peer.do('outcome', 'w').catch(() => {}))).toBe(true);
    await peer.do('abort', 'w');
    await expect(peer.do('outcome', 'w')).rejects.toMatchObject({ name: 'AbortError' });
    expect([barrier.waiting, barrier.broken]).toEqual([0, true]);
  }
  await peer.terminate();
});

test('rounds with a reset() in between', async () => {
  using barrier = new Barrier(3);
  const peers = await startTwo(barrier);
  for (let round = 0; round < 3; round++) {
    const waits = peers.map((peer, i) => peer.call(methods[i] ?? 'wait'));
    await within('the round', Promise.all([barrier.wait(), ...waits]), barrier);
    expectAsNew(barrier);
    if (round === 1) barrier.reset();
    expectAsNew(barrier);
  }
  for (const peer of peers) await peer.terminate();
});

describe('reset() makes it as new', () => {
  const ends: Record<string, (barrier: Barrier, peer: Peer) => Promise<unknown>> = {
    'an abort': async (barrier, peer) => {
      await peer.do('begin', 'w');
      await queued(barrier, 2);
      await peer.do('abort', 'w');
      await expect(peer.do('outcome', 'w')).rejects.toMatchObject({ name: 'AbortError' });
    },
    'a timeout': (_, peer) => expect(peer.call('waitSync', { timeout: 12 })).rejects.toMatchObject(timeoutError),
    'an abort() by who was to come': async (barrier) => barrier.abort(),
  };

  test.each(Object.keys(ends))('after %s, twice', async (name) => {
    using barrier = new Barrier(3);
    const [other, lost] = await startTwo(barrier);
    for (let round = 0; round < 2; round++) {
      const otherEnd = expectBroken(other.call('waitSync'));
      await queued(barrier, 1);
      await ends[name]?.(barrier, lost);
      await within('the other', otherEnd, barrier);
      expect([barrier.broken, barrier.waiting]).toEqual([true, 0]);
      barrier.reset();
      expectAsNew(barrier);
    }
    const waits = [other.call('wait'), lost.call('waitSync'), barrier.wait()];
    await within('a whole round', Promise.all(waits), barrier);
    for (const peer of [other, lost]) await peer.terminate();
  });
});

test('a thread that ends after it has waited breaks it, until reset()', async () => {
  using barrier = new Barrier(2);
  const first = await Peer.start(barrier);
  await within('the round', Promise.all([first.call('wait'), barrier.wait()]), barrier);
  await first.terminate();
  expect(barrier.broken).toBe(true);
  barrier.reset();
  const second = await Peer.start(barrier);
  await within('the round after reset()', Promise.all([second.call('wait'), barrier.wait()]), barrier);
  expectAsNew(barrier);
  await second.terminate();
});
