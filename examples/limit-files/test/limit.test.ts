import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundlesOf } from '../dist/walk.js';
import { directory, filesIn, limitFiles, reported } from './cli.js';

test.each([1, 4])('as many workers are inside as the limit of %i admits, and never more', async (limit) => {
  const ended = await limitFiles('--dir', filesIn(directory(), 40), '--limit', `${limit}`, '--verify');
  expect(reported(ended, 'highest inside')).toMatch(`${limit} (limit ${limit}); without it `);
  expect(reported(ended, 'permits back')).toBe(`${limit} of ${limit}`);
  expect(reported(ended, 'files')).toBe('40');
  expect(reported(ended, 'verified')).toMatch(/same digest/);
  expect(ended.code).toBe(0);
});

test('what the limit changes stands side by side', async () => {
  const ended = await limitFiles('--dir', filesIn(directory(), 40));
  expect(ended.stdout).toMatch(/^ +8 at once +limit 2$/m);
  expect(reported(ended, 'first result')).toMatch(/^\d+ ms +\d+ ms$/);
  expect(reported(ended, 'all results')).toMatch(/^\d+ ms +\d+ ms$/);
  expect(reported(ended, 'peak memory')).toMatch(/^\d+ MiB +\d+ MiB$/);
  expect(ended.code).toBe(0);
});

test('one big file is shared out', async () => {
  const dir = directory();
  writeFileSync(join(dir, 'big'), Buffer.alloc(5_000_000, 'big'));
  const ended = await limitFiles('--dir', dir, '--kill', '--verify');
  expect(ended.stdout).toMatch(/^1 files under .*: 4\.8 MiB, in 12 bundles\n/);
  expect(reported(ended, 'highest inside')).toMatch('2 (limit 2)');
  expect(reported(ended, 'bytes')).toMatch(/^5000000, /);
  expect(ended.code).toBe(0);
});

test('fewer bundles than the limit admits are no fault', async () => {
  const dir = directory();
  writeFileSync(join(dir, 'two bytes'), '12');
  const ended = await limitFiles('--dir', dir, '--limit', '5');
  expect(reported(ended, 'highest inside')).toMatch('2 (limit 5)');
  expect(ended.code).toBe(0);
});

test('nor is a directory without any', async () => {
  const ended = await limitFiles('--dir', directory());
  expect(ended.stdout).toMatch(/^no files under .*: nothing to do\n$/);
  expect(ended.code).toBe(0);
});

test('bundles have all of every file, once, and are of one size', () => {
  const files = [100, 37, 12, 1, 0].map((bytes, i) => ({ path: `${i}`, bytes }));
  const bundles = bundlesOf(files);
  const parts = bundles.flatMap((bundle) => bundle.parts);
  for (const { path, bytes } of files) {
    let at = 0;
    for (const part of parts.filter((each) => each.path === path)) {
      expect(part.at).toBe(at);
      at += part.bytes;
    }
    expect(at).toBe(bytes);
    expect(parts.some((part) => part.path === path)).toBe(true);
  }
  expect(new Set(bundles.slice(0, -1).map(({ bytes }) => bytes))).toEqual(new Set([13]));
});
