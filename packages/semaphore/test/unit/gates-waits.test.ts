import { describe, expect, test } from 'vitest';
import { until, within } from '../support/deadline.js';
import { timedOut } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { codeOf, gates } from '../support/gates.js';
import { Peer } from '../support/peer.js';

describe.each(Object.entries(gates))('%s', (_, gateClass) => {
  const isClosed = expect.objectContaining({ name: 'ClosedError', code: codeOf(gateClass) });
  const waits = [
    ['wait', (peer: Peer) => peer.call('wait')],
    ['waitSync', (peer: Peer) => peer.call('waitSync')],
  ] as const;

  test.each(waits)('%s in another thread is let through', async (_name, begin) => {
    using gate = gateClass.make();
    const peer = await Peer.start(gate);
    const wait = begin(peer);
    await queued(gate, 1);
    gateClass.open(gate);
    await wait;
    expect(gate.waiting).toBe(0);
    await peer.terminate();
  });

  test.each(waits)('%s in another thread ends when the gate is closed', async (_name, begin) => {
    using gate = gateClass.make();
    const peer = await Peer.start(gate);
    const wait = begin(peer);
    await queued(gate, 1);
    gate.close();
    await expect(wait).rejects.toThrow(isClosed);
    await expect(gate.wait()).rejects.toThrow(isClosed);
    expect(() => gate.waitSync()).toThrow(isClosed);
    await expect(begin(peer)).rejects.toThrow(isClosed);
    expect([gate.closed, gate.waiting, await peer.get('closed')]).toEqual([true, 0, true]);
    gate.close();
    await peer.terminate();
  });

  test.each(waits)('%s in another thread ends when the gate is disposed', async (_name, begin) => {
    const gate = gateClass.make();
    const peer = await Peer.start(gate);
    const wait = begin(peer);
    await queued(gate, 1);
    gate[Symbol.dispose]();
    await expect(wait).rejects.toThrow(isClosed);
    await expect(begin(peer)).rejects.toThrow(isClosed);
    await expect(gate.wait()).rejects.toThrow(isClosed);
    expect(() => gate.waitSync()).toThrow(isClosed);
    expect([gate.closed, gate.waiting]).toEqual([true, 0]);
    gate[Symbol.dispose]();
    await peer.terminate();
  });

  test('a promise of the own thread ends when the gate is disposed', async () => {
    const gate = gateClass.make('mine');
    const wait = gate.wait();
    gate[Symbol.dispose]();
    await expect(wait).rejects.toThrow(isClosed);
    await expect(wait).rejects.toThrow(`${gateClass.kind} "mine" is closed`);
  });

  test('a worker that awaits stays alive until it is let through', async () => {
    using gate = gateClass.make();
    const peer = await Peer.start(gate);
    peer.tell('waitAndEnd');
    await queued(gate, 1);
    gateClass.open(gate);
    expect(await within('the end of the worker', peer.gone)).toBe(0);
    expect(peer.words[1]).toBe(1);
  });

  test('one that awaits with ref: false does not', async () => {
    using gate = gateClass.make();
    const peer = await Peer.start(gate);
    peer.tell('waitAndEnd', { ref: false });
    expect(await within('the end of the worker', peer.gone)).toBe(0);
    expect([gate.waiting, peer.words[1]]).toEqual([0, 0]);
  });

  test('a timeout ends both kinds of wait, keeps the thread alive meanwhile, and leaves no waiter', async () => {
    using gate = gateClass.make('late');
    const peer = await Peer.start(gate);
    await expect(peer.call('wait', { timeout: 5 })).rejects.toThrow(timedOut);
    expect(gate.waiting).toBe(0);
    using other = gateClass.make('late');
    const blocked = await Peer.start(other);
    await expect(blocked.call('waitSync', { timeout: 5 })).rejects.toThrow(
      `waitSync() of ${other} did not happen within 5 ms`,
    );
    expect(other.waiting).toBe(0);
    for (const each of [peer, blocked]) await each.terminate();
  });

  test('timeout: 0 does not wait', async () => {
    using gate = gateClass.make();
    using other = gateClass.make();
    expect(() => gate.waitSync({ timeout: 0 })).toThrow(timedOut);
    await expect(within('the timeout', other.wait({ timeout: 0 }))).rejects.toThrow(timedOut);
    expect([gate.waiting, other.waiting]).toEqual([0, 0]);
  });

  test('an abort ends a wait with its reason', async () => {
    using gate = gateClass.make();
    const peer = await Peer.start(gate);
    await peer.do('begin', 'w');
    expect(gate.waiting).toBe(1);
    await peer.do('abort', 'w');
    await expect(peer.do('outcome', 'w')).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(gate.waiting).toBe(0);
    const reason = { why: 'mine' };
    await expect(gate.wait({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await peer.terminate();
  });

  test('a thread terminated while it waits leaves no waiter', async () => {
    using gate = gateClass.make();
    const peers = await Peer.startMany(2, gate);
    peers[0]?.tell('blockAndCount');
    // A second party would complete the barrier.
    if (gateClass.kind !== 'Barrier') peers[1]?.tell('waitAndNeverLook', 'spin');
    await until('the waiters', () => gate.waiting === (gateClass.kind === 'Barrier' ? 1 : 2), gate);
    for (const peer of peers) await peer.terminate();
    expect(gate.waiting).toBe(0);
  });

  test('the memory of a disposed gate is another object, and an old object and handle do not touch it', async () => {
    const old = gateClass.make();
    const { handle } = old;
    old[Symbol.dispose]();
    const others = Array.from({ length: 30 }, () => gateClass.make('new'));
    expect(others.map((other) => other.handle.cell)).toContain(handle.cell);
    expect(() => gateClass.open(old)).toThrow(isClosed);
    await expect(old.wait()).rejects.toThrow(isClosed);
    expect(() => gateClass.from(handle)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_HANDLE' }));
    old.close();
    old[Symbol.dispose]();
    for (const other of others) {
      expect([other.closed, other.waiting]).toEqual([false, 0]);
      const wait = other.wait();
      gateClass.open(other);
      await within('a wait at the new object', wait, other);
      other[Symbol.dispose]();
    }
  });

  test('a gate disposed while another thread has it attached is not used again before that thread lets go', async () => {
    const gate = gateClass.make();
    const peer = await Peer.start(gate);
    const wait = peer.call('wait');
    await queued(gate, 1);
    gate[Symbol.dispose]();
    await expect(wait).rejects.toThrow(isClosed);
    const others = Array.from({ length: 30 }, () => gateClass.make());
    expect(others.map((other) => other.handle.cell)).not.toContain(gate.handle.cell);
    await expect(peer.call('wait')).rejects.toThrow(isClosed);
    await peer.terminate();
    for (const other of others) other[Symbol.dispose]();
  });
});
