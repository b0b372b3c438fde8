import { expect, test } from 'vitest';
import { directory, filesIn, limitFiles, reported } from './cli.js';

test.each([1, 2, 4])('as many workers are inside as the limit of %i admits, and never more', async (limit) => {
  const ended = await limitFiles('--dir', filesIn(directory(), 40), '--limit', `${limit}`);
  expect(ended.stderr).toContain('40 of 40 files');
  expect(reported(ended, 'highest inside')).toBe(`${limit} (limit ${limit})`);
  expect(reported(ended, 'permits back')).toBe(`${limit} of ${limit}`);
  expect(reported(ended, 'files')).toBe('40');
  expect(reported(ended, 'verified')).toMatch(/same digest/);
  expect(ended.code).toBe(0);
});

test('fewer files than the limit admits are no fault', async () => {
  const ended = await limitFiles('--dir', filesIn(directory(), 3), '--limit', '5');
  expect(reported(ended, 'highest inside')).toBe('3 (limit 5)');
  expect(ended.code).toBe(0);
});

test('nor is a directory without any', async () => {
  const ended = await limitFiles('--dir', directory());
  expect(reported(ended, 'files')).toBe('0');
  expect(reported(ended, 'highest inside')).toBe('0 (limit 4)');
  expect(ended.code).toBe(0);
});
