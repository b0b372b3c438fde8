import { getEnvironmentData, MessageChannel, receiveMessageOnPort, setEnvironmentData } from 'node:worker_threads';
import { Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { invalidHandle } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { gates } from '../support/gates.js';
import { Peer } from '../support/peer.js';

function post(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const received = receiveMessageOnPort(port2);
  port1.close();
  return received?.message;
}

function publish(value: object): unknown {
  setEnvironmentData('gate', value as never);
  return getEnvironmentData('gate');
}

type Memory = new (options: { initial: number; maximum?: number; shared?: boolean }) => object;
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: Memory } }).WebAssembly;

describe.each(Object.entries(gates))('%s', (name, gateClass) => {
  const ways: [string, (gate: object) => unknown][] = [
    ['itself', (gate) => gate],
    ['its handle', (gate) => (gate as { handle: unknown }).handle],
    ['a message', post],
    ['a structured clone', (gate) => structuredClone(gate)],
    ['environment data', publish],
    ['a posted handle', (gate) => post((gate as { handle: unknown }).handle)],
  ];
  test.each(ways)('attaches by %s', async (_, way) => {
    using gate = gateClass.make('posted');
    using twin = gateClass.from(way(gate));
    expect([twin.name, `${twin}`]).toEqual(['posted', `${gateClass.kind} "posted"`]);
    const wait = twin.wait();
    await queued(gate, 1);
    gateClass.open(gate);
    await within('the wait through the twin', wait, gate);
  });

  test('in a worker, as workerData, in environment data and in a message', async () => {
    using gate = gateClass.make();
    setEnvironmentData('gate', gate as never);
    // A Peer finds its object in workerData.
    const peer = await Peer.start(gate);
    const waits = [
      () => peer.call('wait'),
      () => peer.do('callOther', gate, 'wait'),
      () => peer.do('callOther', 'environment data', 'waitSync'),
    ];
    // A latch opens once.
    for (const begin of gateClass.kind === 'Latch' ? waits.slice(0, 1) : waits) {
      const wait = begin();
      await queued(gate, 1);
      gateClass.open(gate);
      await wait;
      (gate as { reset?(): void }).reset?.();
    }
    await peer.terminate();
  });

  test('refuses a handle of another kind', () => {
    using gate = gateClass.make();
    for (const [otherName, other] of Object.entries(gates)) {
      if (other.kind === gateClass.kind) continue;
      expect(() => other.from(gate), otherName).toThrow(invalidHandle);
      expect(() => other.from(gate)).toThrow(`Expected a handle of a ${other.kind}, found a handle of kind`);
      // The kind is written down outside of the handle, too.
      expect(() => other.from({ ...gate.handle, kind: other.kind })).toThrow('there is an object of another kind');
    }
    expect(() => Semaphore.from(gate as never)).toThrow(invalidHandle);
    expect(() => gateClass.from(new Semaphore(1))).toThrow(invalidHandle);
  });

  test('refuses what was forged', () => {
    using gate = gateClass.make();
    const { handle } = gate;
    const forgeries: object[] = [
      { ...handle, cell: handle.cell + 64 * 1000 },
      { ...handle, cell: handle.cell + 4 },
      { ...handle, cell: -64 },
      { ...handle, cell: 2 ** 32 },
      { ...handle, cell: 0 },
      { ...handle, cell: `${handle.cell}` },
      { ...handle, cell: Number.NaN },
      { ...handle, generation: handle.generation + 1 },
      { ...handle, generation: handle.generation - 1 },
      { ...handle, generation: 0.5 },
      { ...handle, name: 5 },
      { ...handle, memory: undefined },
      { ...handle, memory: new SharedArrayBuffer(65536) },
      { ...handle, memory: new ArrayBuffer(65536) },
      { ...handle, memory: new Memory({ initial: 1, maximum: 1, shared: true }) },
      { ...handle, memory: new Memory({ initial: 1 }) },
      { ...handle, kind: undefined },
      { ...handle, kind: 'x'.repeat(1000) },
      { ...handle, kind: { toString: () => handle.kind } },
      { handle: { handle } },
      {},
      [],
    ];
    for (const forged of forgeries) expect(() => gateClass.from(forged), JSON.stringify(forged)).toThrow(invalidHandle);
    for (const nothing of [undefined, null, 0, 'handle', Symbol('s'), { handle: null, kind: 'Signal' }]) {
      expect(() => gateClass.from(nothing)).toThrow(TypeError);
    }
    expect([gate.closed, gate.waiting]).toEqual([false, 0]);
  });

  test('its handle cannot be changed', () => {
    using gate = gateClass.make(name);
    expect(Object.isFrozen(gate.handle)).toBe(true);
  });
});
