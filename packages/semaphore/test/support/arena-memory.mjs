/** Where the `grow` of an arena's memory is to be found: it is WebAssembly's, or under `--jitless` a plain buffer. */
export function prototypeOf(memory) {
  return memory instanceof SharedArrayBuffer ? SharedArrayBuffer.prototype : WebAssembly.Memory.prototype;
}
