import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('a worker may be terminated while it loads the addon: the process lives', async () => {
  const script = fileURLToPath(new URL('../fixtures/terminate-while-loading.mjs', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script]);
  expect(stderr).toBe('');
  expect(stdout).toBe('all ended\n');
});
