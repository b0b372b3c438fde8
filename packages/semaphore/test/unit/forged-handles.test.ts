import { Mutex, Semaphore, type SemaphoreHandle } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { invalidHandle, invalidType } from '../support/errors.js';
import { randomOf, seedOf } from '../support/random.mjs';

interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}
type NewMemory = new (descriptor: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: NewMemory } }).WebAssembly;

const semaphore = new Semaphore(3);
const { handle } = semaphore;
const forge = (changes: object) => Semaphore.from({ ...handle, ...changes } as SemaphoreHandle);

test('what is no object is a TypeError', () => {
  for (const value of [undefined, null, 1, 'handle', true, 1n, Symbol('handle'), () => handle]) {
    expect(() => Semaphore.from(value as never)).toThrow(invalidType('handle', ''));
  }
});

test('an object that is no handle says what was expected', () => {
  for (const value of [[], new Map(), { kind: 1 }, new Date()]) {
    expect(() => Semaphore.from(value as never)).toThrow(/Expected a handle of a Semaphore, found no handle/);
  }
  for (const value of [{}, { handle: {} }, Object.create(null)]) {
    expect(() => Semaphore.from(value as never)).toThrow(/Expected a handle of a Semaphore, found an empty object, as/);
  }
  expect(() => Semaphore.from(new Mutex() as never)).toThrow(/Expected .* Semaphore, found a handle of kind "Mutex"/);
  expect(() => Mutex.from(semaphore as never)).toThrow(/Expected .* Mutex, found a handle of kind "Semaphore"/);
});

test('a handle that lies about the kind is found out', () => {
  expect(() => Mutex.from({ ...handle, kind: 'Mutex' })).toThrow(/object of another kind/);
  expect(() => forge({ cell: new Mutex().handle.cell })).toThrow(invalidHandle);
});

test('numbers that name no cell of the arena are refused', () => {
  const odd = [-1, 0, 1, 4, 32, 65, handle.cell + 4, handle.cell + 1, handle.cell - 64, 2 ** 31, 2 ** 32 - 64, 2 ** 32];
  const others = [0.5, Number.NaN, Infinity, '64', 64n, null, undefined, {}, Symbol('cell'), [handle.cell]];
  for (const cell of [...odd, ...others]) expect(() => forge({ cell }), String(cell)).toThrow(invalidHandle);
  for (const generation of [
    0,
    handle.generation + 1,
    2 ** 32 - 1,
    -1,
    0.5,
    'x',
    undefined,
    null,
    Symbol('generation'),
  ]) {
    expect(() => forge({ generation }), String(generation)).toThrow(invalidHandle);
  }
  for (const name of [1, null, {}, Symbol('name')]) expect(() => forge({ name })).toThrow(invalidHandle);
});

test('memory that is not an arena of this process is refused', () => {
  const copy = new SharedArrayBuffer(65536);
  new Uint8Array(copy).set(new Uint8Array((handle.memory as WasmMemory).buffer, 0, 65536));
  const wasmCopy = new Memory({ initial: 1, maximum: 2, shared: true });
  new Uint8Array(wasmCopy.buffer).set(new Uint8Array(copy));
  const memories = [
    undefined,
    null,
    5,
    'memory',
    {},
    new ArrayBuffer(65536),
    new SharedArrayBuffer(0),
    new SharedArrayBuffer(8),
    new SharedArrayBuffer(65536),
    copy,
    new Memory({ initial: 0, maximum: 1, shared: true }),
    new Memory({ initial: 1, maximum: 2, shared: true }),
    new Memory({ initial: 1, maximum: 2, shared: false }),
    wasmCopy,
  ];
  for (const memory of memories) expect(() => forge({ memory })).toThrow(invalidHandle);
});

test('what only looks like memory is refused, and spoils nothing', () => {
  const { buffer } = handle.memory as WasmMemory;
  const { prototype } = Memory;
  const pretenders = [
    Object.create(prototype),
    Object.create(SharedArrayBuffer.prototype),
    Object.create(prototype, { buffer: { value: buffer } }),
    new Proxy(handle.memory as object, {}),
    new Proxy(buffer, {}),
    buffer, // genuine, but not what the arena is kept in
  ];
  for (const memory of pretenders) expect(() => forge({ memory })).toThrow(/carries no shared memory/);
  expect(Semaphore.from(handle).available).toBe(3);
});

test('thousands of random handles are refused or name what they should', () => {
  const random = randomOf(seedOf('forged handles'));
  const live = [semaphore, new Mutex(), new Semaphore(5, { name: 'five' })];
  const disposed = new Semaphore(1);
  disposed[Symbol.dispose]();
  const strange = [undefined, null, -1, 0.5, Number.NaN, 2 ** 32, 'text', {}, [], Symbol('strange'), 10n, true];
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const memories = [
    handle.memory,
    new SharedArrayBuffer(65536),
    new Memory({ initial: 1, maximum: 1, shared: true }),
    ...strange,
  ];
  const numbers = () => (random(3) > 0 ? random(2 ** (1 + random(31))) * (random(2) ? 64 : 1) : pick(strange));
  let attached = 0;
  for (let i = 0; i < 5000; i++) {
    const from = pick([...live, disposed]).handle;
    const forged = {
      kind: random(4) > 0 ? 'Semaphore' : pick(['Mutex', 'semaphore', '', ...strange]),
      memory: random(3) > 0 ? from.memory : pick(memories),
      cell: random(2) > 0 ? from.cell : numbers(),
      generation: random(2) > 0 ? from.generation : numbers(),
      name: random(4) > 0 ? from.name : pick(strange),
    };
    try {
      const got = Semaphore.from(forged as never);
      // Then everything in it was right: it is one of the two that live.
      expect(forged.cell === handle.cell || forged.cell === live[2]?.handle.cell).toBe(true);
      expect([3, 5]).toContain(got.available);
      attached++;
    } catch (error) {
      expect(error).toEqual(invalidHandle);
    }
  }
  expect(attached).toBeGreaterThan(0);
  expect(live.map((each) => each.closed)).toEqual([false, false, false]);
  expect(Semaphore.from(handle).available).toBe(3);
});
