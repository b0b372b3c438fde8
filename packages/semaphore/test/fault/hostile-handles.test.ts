import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// A crash, an error without a code, and what is left attached or open end the process with another status. The million:
// `pnpm test:handles`.
test('random handles into every `from` throw errors with codes, or give what works; nothing leaks', async () => {
  const told = await output('hostile-handles.mjs', ['--count', '100000'], ['--expose-gc']);
  console.log(told.trimEnd());
  const { tally } = JSON.parse(/^\{.*$/m.exec(told)?.[0] ?? '{}');
  // The generator gets to both.
  expect(tally['an object']).toBeGreaterThan(1000);
  expect(tally.ERR_INVALID_HANDLE).toBeGreaterThan(1000);
});
