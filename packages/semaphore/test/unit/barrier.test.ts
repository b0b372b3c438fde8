import { Barrier } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';

const broken = expect.objectContaining({ name: 'BarrierBrokenError', code: 'ERR_BARRIER_BROKEN' });

test('the last to arrive leads, the others follow', async () => {
  using barrier = new Barrier(3);
  const peers = await Peer.startMany(2, barrier);
  for (let round = 0; round < 3; round++) {
    const waits = [peers[0]?.call('wait'), peers[1]?.call('waitSync')];
    await queued(barrier, 2);
    expect(round % 2 === 0 ? barrier.waitSync() : await barrier.wait()).toEqual({ leader: true });
    expect(await Promise.all(waits)).toEqual([{ leader: false }, { leader: false }]);
  }
  expect([barrier.parties, barrier.broken, barrier.waiting]).toEqual([3, false, 0]);
  for (const peer of peers) await peer.terminate();
});

test('of one party nobody waits', async () => {
  using barrier = new Barrier(1);
  for (let i = 0; i < 3; i++) {
    expect(barrier.waitSync({ timeout: 0 })).toEqual({ leader: true });
    expect(await barrier.wait({ timeout: 0 })).toEqual({ leader: true });
  }
});

test('promises of one thread are parties as well', async () => {
  using barrier = new Barrier(3);
  const results = await within('the round', Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]), barrier);
  expect(results).toEqual([{ leader: false }, { leader: false }, { leader: true }]);
});

describe('a party that is lost', () => {
  /** Two of three wait, each in its way, and the given one of them is lost. */
  async function lose(way: (barrier: Barrier, peer: Peer) => Promise<unknown>) {
    using barrier = new Barrier(4, { name: 'b' });
    const [stays, blocked, lost] = (await Peer.startMany(3, barrier)) as [Peer, Peer, Peer];
    const waits = [stays.call('wait'), blocked.call('waitSync')];
    const ends = waits.map((wait) => expect(wait).rejects.toThrow(broken));
    await queued(barrier, 2);
    await way(barrier, lost);
    await within('the others', Promise.all(ends), barrier);
    expect([barrier.broken, barrier.waiting, await stays.get('broken')]).toEqual([true, 0, true]);
    // So do those that come later, whoever they are.
    expect(() => barrier.waitSync()).toThrow(broken);
    await expect(barrier.wait()).rejects.toThrow(/Barrier "b" is broken/);
    await expect(stays.call('wait')).rejects.toThrow(broken);
    barrier.reset();
    const again = [stays.call('wait'), blocked.call('waitSync'), barrier.wait()];
    await queued(barrier, 3);
    expect(barrier.waitSync()).toEqual({ leader: true });
    await within('a round after reset()', Promise.all(again), barrier);
    for (const peer of [stays, blocked, lost]) await peer.terminate();
  }

  test('by a timeout', () =>
    lose((_, peer) => expect(peer.call('wait', { timeout: 2 })).rejects.toThrow('did not happen within 2 ms')));
  test('by the timeout of a blocked one', () =>
    lose((_, peer) => expect(peer.call('waitSync', { timeout: 2 })).rejects.toThrow('did not happen within 2 ms')));
  test('by timeout: 0, as it arrives all the same', () =>
    lose(async (barrier) => expect(() => barrier.waitSync({ timeout: 0 })).toThrow('did not happen within 0 ms')));
  test('by an abort', () =>
    lose(async (_, peer) => {
      await peer.do('begin', 'w');
      await peer.do('abort', 'w');
      await expect(peer.do('outcome', 'w')).rejects.toThrow('aborted');
    }));
  test('by terminate() while it waits', () =>
    lose(async (barrier, peer) => {
      await peer.do('begin', 'w');
      await queued(barrier, 3);
      await peer.terminate();
    }));
  test('by terminate() while it is blocked', () =>
    lose(async (barrier, peer) => {
      peer.tell('blockAndCount');
      await queued(barrier, 3);
      await peer.terminate();
      expect(peer.words[1]).toBe(0);
    }));
  test('by the end of its thread, with ref: false', () =>
    lose(async (barrier, peer) => {
      peer.tell('waitAndEnd', { ref: false });
      await within('the end', peer.gone, barrier);
    }));
  test('by abort()', () => lose((_, peer) => peer.call('abort')));
  test('by reset(), though the barrier is whole', async () => {
    using barrier = new Barrier(3);
    const peer = await Peer.start(barrier);
    const waits = [barrier.wait(), peer.call('waitSync')];
    const ends = waits.map((wait) => expect(wait).rejects.toThrow(broken));
    await queued(barrier, 2);
    barrier.reset();
    await within('the others', Promise.all(ends), barrier);
    expect([barrier.broken, barrier.waiting]).toEqual([false, 0]);
    await peer.terminate();
  });
});

test('a thread that has waited here, and ends, breaks it; one that never has does not', async () => {
  using barrier = new Barrier(2);
  const [party, other] = (await Peer.startMany(2, barrier)) as [Peer, Peer];
  const round = party.call('wait');
  await queued(barrier, 1);
  barrier.waitSync();
  await round;
  await other.terminate();
  expect(barrier.broken).toBe(false);
  const end = expect(within('the next round', barrier.wait(), barrier)).rejects.toThrow(broken);
  await party.terminate();
  await end;
  barrier.reset();
  const parties = [barrier.wait(), barrier.wait()];
  await within('a round after reset()', Promise.all(parties), barrier);
});

test('after reset(), the end of a thread that waited only before it breaks nothing', async () => {
  using barrier = new Barrier(2);
  const [old, refused, party] = (await Peer.startMany(3, barrier)) as [Peer, Peer, Peer];
  await expect(old.call('wait', { timeout: 1 })).rejects.toThrow('did not happen');
  await expect(refused.call('wait')).rejects.toThrow(broken);
  barrier.reset();
  const round = party.call('wait');
  await queued(barrier, 1);
  await old.terminate();
  await refused.terminate();
  expect([barrier.broken, barrier.waiting]).toEqual([false, 1]);
  barrier.waitSync();
  await round;
  // That of a thread that has waited since does.
  await party.terminate();
  expect(barrier.broken).toBe(true);
});

test('options that are wrong, or a signal that has aborted, neither arrive nor break it', async () => {
  using barrier = new Barrier(2);
  await expect(barrier.wait({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
  await expect(barrier.wait({ timeout: -1 })).rejects.toThrow(RangeError);
  expect(() => barrier.waitSync({ timeout: '1' as never })).toThrow(TypeError);
  expect([barrier.broken, barrier.waiting]).toEqual([false, 0]);
});

test('closed, it says so rather than that it is broken', async () => {
  using barrier = new Barrier(2);
  const wait = barrier.wait();
  barrier.abort();
  await expect(wait).rejects.toThrow(broken);
  barrier.close();
  const isClosed = expect.objectContaining({ code: 'ERR_BARRIER_CLOSED' });
  expect(() => barrier.waitSync()).toThrow(isClosed);
  barrier.reset();
  expect(() => barrier.waitSync()).toThrow(isClosed);
  barrier[Symbol.dispose]();
  expect(() => barrier.reset()).toThrow(isClosed);
  expect(() => barrier.abort()).toThrow(isClosed);
  expect([barrier.broken, barrier.parties]).toEqual([false, 0]);
});
