import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directory, filesIn, limitFiles, reported } from './cli.js';

test('links, whole or dangling, are not followed, and pipes are left out', async () => {
  const dir = filesIn(directory(), 6);
  symlinkSync(join(dir, 'd0'), join(dir, 'link to a directory'));
  symlinkSync(join(dir, 'd0', 'file 0.txt'), join(dir, 'link to a file'));
  symlinkSync('nowhere', join(dir, 'dangling'));
  symlinkSync('.', join(dir, 'loop'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  const ended = await limitFiles('--dir', dir);
  expect(reported(ended, 'files')).toBe('6');
  expect(ended.code).toBe(0);
});

test('without --dir it takes the smallest files of node_modules, and says of how many', async () => {
  const ended = await limitFiles('--no-verify');
  expect(ended.stdout).toMatch(/^\d+ of \d+ files under .*node_modules/);
  expect(reported(ended, 'highest inside')).toBe('4 (limit 4)');
  expect(ended.code).toBe(0);
});
