/** The fast path, bound to an arena: WebAssembly, or its twin in the addon where there is none. */
import { Buffer } from 'node:buffer';
import { native } from 'eventfd/internal';
import { fastpathBase64 } from './fastpath.generated.js';
import { type WasmMemory, wasm } from './webassembly.js';

/** What the functions return; see fastpath.wat. */
export const TryResult = { TAKEN_ABANDONED: 2, TAKEN: 1, NOT_NOW: 0, CLOSED: -1, NO_SLOT: -2 } as const;
export const ReleaseResult = { RELEASED: 0, SERVE_WAITERS: 1, NOT_HELD: -1 } as const;
export const PostResult = { POSTED: 0, SERVE_WAITERS: 1, TOO_MANY: -1 } as const;

export interface FastPath {
  tryAcquire(cell: number, slot: number, permits: number): number;
  release(cell: number, slot: number, permits: number): number;
  tryTake(cell: number, permits: number): number;
  post(cell: number, permits: number, saturate: number): number;
}

let compiled: object | undefined;

/** The fast path over an arena's WebAssembly memory. */
export function wasmFastPath(memory: WasmMemory): FastPath {
  if (wasm === undefined) {
    const message =
      'The object was made with WebAssembly, and this thread has none; keep the global `WebAssembly` here';
    throw Object.assign(new Error(message), { code: 'ERR_NO_WEBASSEMBLY' });
  }
  compiled ??= new wasm.Module(Buffer.from(fastpathBase64, 'base64'));
  return new wasm.Instance(compiled, { arena: { memory } }).exports as unknown as FastPath;
}

/** The same for `node --jitless`, by the index the addon knows the arena by. */
export function nativeFastPath(arena: number): FastPath {
  return {
    tryAcquire: (cell, slot, permits) => native.tryAcquire(arena, cell, slot, permits),
    release: (cell, slot, permits) => native.release(arena, cell, slot, permits),
    tryTake: (cell, permits) => native.tryTake(arena, cell, permits),
    post: (cell, permits, saturate) => native.post(arena, cell, permits, saturate),
  };
}
