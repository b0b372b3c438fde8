import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('an arena that no object of a thread uses any more is collected whole', async () => {
  const script = fileURLToPath(new URL('../fixtures/arena-collected.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script]);
  // 40 arenas would have taken 80 GiB of addresses at least.
  expect(Number(stdout)).toBeLessThan(20);
});
