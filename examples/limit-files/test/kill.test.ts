import { expect, test } from 'vitest';
import { directory, filesIn, limitFiles, reported } from './cli.js';

test.each([1, 2, 4])(
  'with --kill and a limit of %i, a permit outlives its worker and nothing is lost',
  async (limit) => {
    const dir = filesIn(directory(), 40);
    const ended = await limitFiles('--dir', dir, '--limit', `${limit}`, '--kill', '--verify');
    expect(reported(ended, 'killed')).toBe(`1 at work with a permit; highest inside after that: ${limit}`);
    expect(reported(ended, 'highest inside')).toMatch(`${limit} (limit ${limit}); without it `);
    expect(reported(ended, 'permits back')).toBe(`${limit} of ${limit}`);
    expect(reported(ended, 'files')).toBe('40');
    expect(reported(ended, 'verified')).toMatch(/same digest/);
    expect(ended.code).toBe(0);
  },
);

test.each([1, 2])('with --kill, %i files are enough', async (count) => {
  const ended = await limitFiles('--dir', filesIn(directory(), count), '--limit', '3', '--kill');
  expect(reported(ended, 'killed')).toMatch(/^1 /);
  expect(reported(ended, 'files')).toBe(`${count}`);
  expect(ended.code).toBe(0);
});

test('with --kill and no files there is nobody to kill', async () => {
  const ended = await limitFiles('--dir', directory(), '--kill');
  expect(ended.stdout).toMatch(/^no files under .*: nothing to do, and no worker to kill\n$/);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
});
