import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Without WebAssembly the fast path is C++.
test.each([[[]], [['--jitless']]])('every class does its work with %o', async (flags) => {
  expect(await output('every-class.mjs', [], flags)).toBe(
    'Semaphore Mutex RwLock Condition Signal Event Latch Barrier RateLimit inspect\n',
  );
});
