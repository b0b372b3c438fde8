import { Event } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { turns, within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { Peer } from '../support/peer.js';
import { isPending } from '../support/pending.js';

/** Waits at it, on their own threads, blocked and not. */
async function crowd(event: Event, peers: readonly Peer[]): Promise<Promise<unknown>[]> {
  const waits = peers.map((peer, i) => peer.call(i % 2 === 0 ? 'wait' : 'waitSync'));
  await queued(event, peers.length);
  return waits;
}

describe('manual reset', () => {
  test('set is seen by all threads until it is reset; doing either twice is harmless', async () => {
    using event = new Event();
    const peer = await Peer.start(event);
    expect([event.isSet, event.autoReset, await peer.get('isSet')]).toEqual([false, false, false]);
    for (const wanted of [true, false, true]) {
      for (let twice = 0; twice < 2; twice++) wanted ? event.set() : event.reset();
      expect([event.isSet, await peer.get('isSet')]).toEqual([wanted, wanted]);
    }
    await peer.call('wait');
    await peer.call('waitSync');
    event.waitSync({ timeout: 0 });
    await peer.call('reset');
    expect(() => event.waitSync({ timeout: 0 })).toThrow(timedOut);
    await peer.terminate();
  });

  test('set lets all through', async () => {
    using event = new Event();
    const peers = await Peer.startMany(4, event);
    const waits = [...(await crowd(event, peers)), event.wait(), event.wait({ timeout: 60_000 })];
    event.set();
    await within('all', Promise.all(waits), event);
    expect([event.waiting, event.isSet]).toEqual([0, true]);
    for (const peer of peers) await peer.terminate();
  });

  test('set, and reset at once, lets all through who waited before', async () => {
    using event = new Event();
    const peers = await Peer.startMany(4, event);
    for (let round = 0; round < 300; round++) {
      const waits = [...(await crowd(event, peers)), event.wait()];
      event.set();
      event.reset();
      await within(`round ${round}`, Promise.all(waits), event);
      expect([event.isSet, event.waiting]).toEqual([false, 0]);
    }
    expect(await isPending(event.wait({ ref: false }))).toBe(true);
    for (const peer of peers) await peer.terminate();
  });

  test('sets and resets of other threads meanwhile leave nobody behind', async () => {
    using event = new Event();
    const peers = await Peer.startMany(3, event);
    const flicker = peers.map((peer) => peer.do('flicker', 20_000));
    const waits: Promise<unknown>[] = [];
    for (let i = 0; i < 200; i++) {
      waits.push(event.wait());
      if (i % 10 === 0) await turns(1);
    }
    await Promise.all(flicker);
    event.set();
    await within('all', Promise.all(waits), event);
    expect(event.waiting).toBe(0);
    for (const peer of peers) await peer.terminate();
  });
});

describe('auto reset', () => {
  test('set lets exactly one through, in order', async () => {
    using event = new Event({ autoReset: true });
    expect(event.autoReset).toBe(true);
    const peers = await Peer.startMany(3, event);
    const order: number[] = [];
    const waits: Promise<unknown>[] = [];
    for (const [i, peer] of peers.entries()) {
      waits.push(peer.call(i % 2 === 0 ? 'waitSync' : 'wait').then(() => order.push(i)));
      await queued(event, i + 1);
    }
    for (let i = 0; i < 3; i++) {
      event.set();
      await within('the next', waits[i] as Promise<unknown>, event, order);
      expect([event.isSet, event.waiting, order.length]).toEqual([false, 2 - i, i + 1]);
    }
    expect(order).toEqual([0, 1, 2]);
    for (const peer of peers) await peer.terminate();
  });

  test('many sets while nobody waits count as one', async () => {
    using event = new Event({ autoReset: true });
    const peer = await Peer.start(event);
    await peer.do('repeat', 'set', 100, 0);
    for (let i = 0; i < 100; i++) event.set();
    expect([event.isSet, await peer.get('autoReset')]).toEqual([true, true]);
    await event.wait();
    expect(event.isSet).toBe(false);
    expect(await isPending(event.wait({ ref: false }))).toBe(true);
    await peer.terminate();
  });

  test('as many sets as waiters let all through, however fast they come, and whatever is reset after', async () => {
    using event = new Event({ autoReset: true });
    const peers = await Peer.startMany(4, event);
    for (let round = 0; round < 200; round++) {
      const waits = await crowd(event, peers);
      for (let i = 0; i < peers.length; i++) event.set();
      event.reset();
      await within(`round ${round}`, Promise.all(waits), event);
      expect([event.isSet, event.waiting]).toEqual([false, 0]);
    }
    for (const peer of peers) await peer.terminate();
  });

  test('a waiter that is aborted after the set passes it on', async () => {
    using event = new Event({ autoReset: true });
    const abort = new AbortController();
    const first = event.wait({ signal: abort.signal });
    const second = event.wait();
    event.set();
    abort.abort('enough');
    await expect(first).rejects.toBe('enough');
    await within('the second', second, event);
    expect(event.isSet).toBe(false);
  });

  test('a set after such a one is for the next: two sets, one of three waits aborted, and the other two pass', async () => {
    using event = new Event({ autoReset: true });
    const abort = new AbortController();
    const first = event.wait({ signal: abort.signal });
    const others = [event.wait(), event.wait()];
    event.set();
    abort.abort('enough');
    event.set();
    await expect(first).rejects.toBe('enough');
    await within('the other two', Promise.all(others), event);
    expect([event.isSet, event.waiting]).toEqual([false, 0]);
  });

  test('and so it is when both sets were for waits that were aborted', async () => {
    using event = new Event({ autoReset: true });
    const aborts = [new AbortController(), new AbortController()];
    const first = aborts.map(({ signal }) => event.wait({ signal }));
    const others = [event.wait(), event.wait()];
    for (const abort of aborts) {
      event.set();
      abort.abort('enough');
    }
    for (const wait of first) await expect(wait).rejects.toBe('enough');
    await within('the other two', Promise.all(others), event);
    expect([event.isSet, event.waiting]).toEqual([false, 0]);
  });

  test.each(['spin', 'exit'])('and when it was for a thread that ended by %s', async (way) => {
    for (let i = 0; i < 5; i++) {
      using event = new Event({ autoReset: true });
      const peer = await Peer.start(event);
      peer.tell('waitAndNeverLook', way);
      await queued(event, 1);
      const others = [event.wait(), event.wait()];
      event.set();
      Atomics.store(peer.words, 0, 1);
      Atomics.notify(peer.words, 0);
      const gone: Promise<unknown> = way === 'exit' ? peer.gone : peer.terminate();
      // This loop does not turn: the next, which was given what the dead one got, has not looked when it is set again.
      const deadline = performance.now() + 30_000;
      while (!event.isSet && event.waiting === 2 && performance.now() < deadline);
      event.set();
      await within('the other two', Promise.all(others), event);
      expect([event.isSet, event.waiting]).toEqual([false, 0]);
      await within('its end', gone);
    }
  });

  test('with nobody left to take it, it stays set', async () => {
    using event = new Event({ autoReset: true });
    const abort = new AbortController();
    const wait = event.wait({ signal: abort.signal });
    event.set();
    expect(event.isSet).toBe(false);
    abort.abort('enough');
    await expect(wait).rejects.toBe('enough');
    expect([event.isSet, event.waiting]).toEqual([true, 0]);
  });

  test.each(['spin', 'exit'])('so it does when the thread it was set for ends by %s', async (way) => {
    for (let i = 0; i < 10; i++) {
      using event = new Event({ autoReset: true });
      const peer = await Peer.start(event);
      peer.tell('waitAndNeverLook', way);
      await queued(event, 1);
      event.set();
      expect([event.isSet, event.waiting]).toEqual([false, 0]);
      Atomics.store(peer.words, 0, 1);
      Atomics.notify(peer.words, 0);
      await (way === 'exit' ? within('the exit', peer.gone) : peer.terminate());
      expect([event.isSet, peer.words[1]]).toEqual([true, 0]);
    }
  });

  test('two threads that hand an event to each other lose none of 20,000 turns', async () => {
    using ping = new Event({ autoReset: true });
    const peer = await Peer.start(ping);
    using pong = new Event({ autoReset: true });
    const turns = peer.do('echo', pong, 20_000);
    for (let i = 0; i < 20_000; i++) {
      ping.set();
      if (i % 2 === 0) pong.waitSync({ timeout: 30_000 });
      else await within('the answer', pong.wait(), i, ping, pong);
    }
    await turns;
    await peer.terminate();
  });
});

test('closed or disposed, reset and isSet are harmless', () => {
  for (const autoReset of [false, true]) {
    const event = new Event({ autoReset });
    event.set();
    event.close();
    event.reset();
    expect(event.isSet).toBe(true);
    event[Symbol.dispose]();
    event.reset();
    expect(event.isSet).toBe(false);
    expect(() => event.set()).toThrow(expect.objectContaining({ code: 'ERR_EVENT_CLOSED' }));
  }
});
