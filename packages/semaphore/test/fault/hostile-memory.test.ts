import { expect, test } from 'vitest';
import { output } from '../support/child.js';

// Any signal, an abort, a thread that does not come back and an error without a code end the process with another status.
// Longer: `pnpm test:hostile --minutes N`.
test('memory that is written over while it is used crashes nothing and leaves nobody waiting', async () => {
  const told = await output('hostile-memory.mjs', ['--minutes', '0.1']);
  console.log(told.trimEnd());
  const totals = JSON.parse(/rounds: (.*)$/m.exec(told)?.[1] ?? '{}');
  expect(totals.operations).toBeGreaterThan(100);
  expect(totals.writes).toBeGreaterThan(10_000);
  // It was seen: ledgers that lack what was taken, and handles whose arena is no longer known.
  expect((totals.ERR_NOT_HELD ?? 0) + (totals.ERR_INVALID_HANDLE ?? 0)).toBeGreaterThan(0);
});
