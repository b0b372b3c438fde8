import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('every class does its work between threads under --frozen-intrinsics', async () => {
  expect(await output('every-class.mjs', [], ['--frozen-intrinsics'])).toBe(
    'Semaphore Mutex RwLock Condition Signal Event Latch Barrier RateLimit inspect\n',
  );
});

test('so do the other entries, and errors', async () => {
  expect(await output('frozen-intrinsics.mjs', [], ['--frozen-intrinsics'])).toBe(
    'eventfd EventFd FdSemaphore limit errors\n',
  );
});
