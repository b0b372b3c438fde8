import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directory, filesIn, limitFiles, reported } from './cli.js';

test('the digest depends on names and contents, and on nothing else', async () => {
  const dir = filesIn(directory(), 20);
  const copy = directory();
  cpSync(dir, copy, { recursive: true });
  const digest = async (...args: string[]) => {
    const ended = await limitFiles(...args);
    expect(ended.code).toBe(0);
    return reported(ended, 'digest');
  };
  const first = await digest('--dir', dir);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await digest('--dir', copy, '--limit', '2', '--workers', '7')).toBe(first);
  appendFileSync(join(copy, 'd0', 'file 0.txt'), 'x');
  expect(await digest('--dir', copy)).not.toBe(first);
});
