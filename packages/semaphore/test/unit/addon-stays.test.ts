import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('what a worker made outlives it, also when it was the last that had loaded the addon', async () => {
  const script = fileURLToPath(new URL('../fixtures/addon-stays.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(Number(stdout)).toBe(3);
});
