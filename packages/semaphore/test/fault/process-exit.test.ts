import { expect, test } from 'vitest';
import { run } from '../support/child.js';

test.each([
  { way: 'exit', code: 7, signal: null },
  { way: 'throw', code: 1, signal: null },
  { way: 'unref', code: 0, signal: null },
  { way: 'kill', code: null, signal: 'SIGTERM' },
])('a process whose workers are blocked and whose promises wait ends by $way', async ({ way, code, signal }) => {
  const ended = await run('exit-with-blocked-workers.mjs', [way]);
  expect({ code: ended.code, signal: ended.signal }, ended.stderr).toEqual({ code, signal });
  if (way !== 'throw') expect(ended.stderr).toBe('');
});
