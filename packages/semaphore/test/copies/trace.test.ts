import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { output } from '../support/child.js';

test('a trace has what objects of every evaluation over one eventfd do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trace-twice-'));
  try {
    const both = ['holds Semaphore "ours"', 'holds Semaphore "theirs"'];
    expect(JSON.parse(await output('trace-twice.mjs', [folder]))).toEqual([both, both]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
