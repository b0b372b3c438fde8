/** WebAssembly, where there is one: Node's types for 20 leave it out, and `node --jitless` does. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Memory: {
    new (descriptor: { initial: number; maximum: number; shared: boolean }): WasmMemory;
    readonly prototype: object;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
}

export const wasm = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
