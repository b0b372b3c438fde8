/** Import this before `@eventfd/semaphore`: its objects are then made as under `--jitless`, for the C++ fast path. */
Reflect.deleteProperty(globalThis, 'WebAssembly');
