import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions } from '../dist/options.js';
import { choose, walk } from '../dist/walk.js';
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

test('without --dir it takes the largest files of node_modules, as many as fit', () => {
  const { dir, most } = parseOptions([]);
  expect(basename(dir)).toBe('node_modules');
  const { files } = walk(dir);
  const chosen = choose(files, most);
  const bytes = chosen.reduce((sum, file) => sum + file.bytes, 0);
  expect(bytes).toBeLessThanOrEqual(most);
  expect(bytes).toBeGreaterThan(most / 10);
  expect(chosen[0]?.bytes).toBe(Math.max(...files.map((file) => file.bytes).filter((size) => size <= most)));
});
