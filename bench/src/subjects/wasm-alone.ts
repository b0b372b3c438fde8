/** The two functions of the fast path over a memory of their own, with no class around them. */
interface Functions {
  tryAcquire(cell: number, slot: number, permits: number): number;
  release(cell: number, slot: number, permits: number): number;
}

type MemoryClass = new (limits: {
  initial: number;
  maximum: number;
  shared: true;
}) => { readonly buffer: SharedArrayBuffer };

/** No part of the package's surface, so it is taken from where it was built. */
const fastPath = new URL('../../../packages/semaphore/dist/core/fastpath.js', import.meta.url);

/** A cell, which is a line of the cache, and the word in which a thread notes what it holds; the first line is nobody's. */
const [CELL, SLOT] = [64, 128];
/** Below the number of permits in the state: the queue goes first, somebody waits. */
const FLAG_BITS = 2;

/** A semaphore of so many permits, all free. */
export async function wasmAlone(permits: number): Promise<{ functions: Functions; cell: number; slot: number }> {
  const { wasmFastPath } = (await import(fastPath.href)) as { wasmFastPath(memory: object): Functions };
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: MemoryClass } };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  new Int32Array(memory.buffer)[CELL / 4] = permits << FLAG_BITS;
  return { functions: wasmFastPath(memory), cell: CELL, slot: SLOT };
}
