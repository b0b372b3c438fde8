import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Not to be reached under --jitless: V8 then takes the last of the address space for the arena and dies for want of heap.
test('an object for whose memory no address space is left is refused, and can be made once there is some', async () => {
  const seen = JSON.parse(await output('arena-no-memory.mjs', [], ['--expose-gc']));
  const refused = { name: 'RangeError', code: 'ERR_NO_ADDRESS_SPACE', advises: true, cause: 'RangeError' };
  expect(seen).toEqual({ many: true, refused: [refused, refused], available: 1 });
});

const newer = Number(process.versions.node.split('.', 1)[0]) >= 24;

test('under a limit of address space objects can be made: on Node 20 and 22 with the flag that the error names', async () => {
  const limit = '-v 6291456';
  const flag = '--disable-wasm-trap-handler';
  expect(await output('one-semaphore.mjs', [], [flag], limit)).toBe('1\n');
  expect(await output('one-semaphore.mjs', [], [], limit)).toBe(newer ? '1\n' : 'ERR_NO_ADDRESS_SPACE\n');
});
