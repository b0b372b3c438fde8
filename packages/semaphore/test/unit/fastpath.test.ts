import { native, thisCopy } from 'eventfd/internal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FastPath, nativeFastPath, wasmFastPath } from '../../dist/core/fastpath.js';
import { type WasmMemory, wasm } from '../../dist/core/webassembly.js';
import { seedOf } from '../support/random.mjs';

const CELL = 128;
const SLOT = 192;
const MOST = 2 ** 29 - 1;

/** One of the twins over an arena of its own: the words of a cell and of a ledger, and the functions that change them. */
class Twin {
  readonly words: Int32Array;
  readonly fast: FastPath;

  constructor(make: (memory: WasmMemory, arena: number) => FastPath) {
    if (wasm === undefined) throw new Error('These tests compare with WebAssembly');
    const memory = new wasm.Memory({ initial: 1, maximum: 1, shared: true });
    const buffer = memory.buffer as SharedArrayBuffer;
    this.words = new Int32Array(buffer);
    this.fast = make(memory, native.createArena(thisCopy.id, new Uint8Array(buffer), memory));
  }
}

const twins = [new Twin((memory) => wasmFastPath(memory)), new Twin((_, arena) => nativeFastPath(arena))];

/** Words of a cell; native/core/words.h describes them. */
const STATE = CELL / 4;
const FLAGS = STATE + 1;
const MAX = STATE + 4;
const HELD = SLOT / 4;

type Step = (twin: Twin) => number;

const named = (name: string, step: Step) => Object.assign(step, { toString: () => name });

// Mostly small, so that much is taken and little refused; also what stands at the edges.
const count = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: MOST }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2 ** 28, MOST - 1, MOST) },
);
const free = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: -MOST, max: MOST }) },
);
const bits = fc.integer({ min: 0, max: 3 });

const waitingRoom = fc.tuple(free, bits).map(([permits, low]) =>
  named(`the waiting room writes ${permits} permits, bits ${low}`, ({ words }) => {
    words[STATE] = (permits << 2) | low;
    return 0;
  }),
);

function flags(values: number[]) {
  return fc.constantFrom(...values).map((value) =>
    named(`the waiting room writes flags ${value}`, ({ words }) => {
      words[FLAGS] = value;
      return 0;
    }),
  );
}

const stepsWithLedger = [
  count.map((n) => named(`tryAcquire ${n}`, ({ fast }) => fast.tryAcquire(CELL, SLOT, n))),
  count.map((n) => named(`tryAcquire ${n} without a slot`, ({ fast }) => fast.tryAcquire(CELL, 0, n))),
  count.map((n) => named(`release ${n}`, ({ fast }) => fast.release(CELL, SLOT, n))),
  waitingRoom,
  flags([0, 1, 2, 3, 4, 5, 6, 7]),
];

const stepsWithout = [
  fc.oneof(count, fc.constant(0)).map((n) => named(`tryTake ${n}`, ({ fast }) => fast.tryTake(CELL, n))),
  fc
    .tuple(count, fc.constantFrom(0, 1))
    .map(([n, saturate]) => named(`post ${n}, ${saturate}`, ({ fast }) => fast.post(CELL, n, saturate))),
  waitingRoom,
  flags([0, 1, 16, 17]),
];

const start = fc.record({
  free,
  bits,
  held: fc.integer({ min: 0, max: 8 }),
  max: fc.oneof(fc.constant(MOST), fc.integer({ min: 1, max: 20 })),
});

test.each([
  ['with a ledger', stepsWithLedger],
  ['without', stepsWithout],
])('WebAssembly and C++ do the same, step by step: %s', (what, steps) => {
  const seed = seedOf(`fast path ${what}`);
  const property = fc.property(start, fc.array(fc.oneof(...steps), { maxLength: 60 }), (first, sequence) => {
    for (const { words } of twins) {
      words.fill(0, STATE, HELD + 1);
      words[STATE] = (first.free << 2) | first.bits;
      words[MAX] = first.max;
      words[HELD] = first.held;
    }
    for (const step of sequence) {
      const [wasmSays, nativeSays] = twins.map((twin) => [step(twin), ...twin.words.subarray(STATE, HELD + 1)]);
      expect(wasmSays, `${step}`).toEqual(nativeSays);
    }
  });
  fc.assert(property, { seed, numRuns: 3000 });
});

test('what is taken and given back adds up, and neither touches another word', () => {
  const seed = seedOf('fast path conservation');
  const moves = fc.array(fc.tuple(fc.boolean(), count), { maxLength: 100 });
  const property = fc.property(fc.integer({ min: 0, max: MOST }), moves, (permits, sequence) => {
    for (const { words, fast } of twins) {
      words.fill(0, STATE, HELD + 1);
      words[STATE] = permits << 2;
      for (const [take, n] of sequence) {
        const before = words[HELD] as number;
        if (take) expect(fast.tryAcquire(CELL, SLOT, n)).toBe(permits - before >= n ? 1 : 0);
        else expect(fast.release(CELL, SLOT, n)).toBe(before >= n ? 0 : -1);
        expect(((words[STATE] as number) >> 2) + (words[HELD] as number)).toBe(permits);
      }
      const others = [...words.subarray(STATE, HELD + 1)].filter((_, i) => i !== 0 && i !== HELD - STATE);
      expect(others.every((word) => word === 0)).toBe(true);
    }
  });
  fc.assert(property, { seed, numRuns: 500 });
});
