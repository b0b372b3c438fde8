import { expect, test } from 'vitest';
import { directory, filesIn, limitFiles, reported } from './cli.js';

test.each([1, 2, 4])(
  'with --kill and a limit of %i, a permit dies with its holder and nothing is lost',
  async (limit) => {
    const dir = filesIn(directory(), 40);
    const plain = await limitFiles('--dir', dir, '--no-verify');
    const ended = await limitFiles('--dir', dir, '--limit', `${limit}`, '--kill');
    expect(reported(ended, 'killed')).toBe(`1 with a permit in its hands; highest inside after that: ${limit}`);
    expect(reported(ended, 'highest inside')).toBe(`${limit} (limit ${limit})`);
    expect(reported(ended, 'permits back')).toBe(`${limit} of ${limit}`);
    expect(reported(ended, 'files')).toBe('40');
    expect(reported(ended, 'digest')).toBe(reported(plain, 'digest'));
    expect(reported(ended, 'verified')).toMatch(/same digest/);
    expect(ended.code).toBe(0);
  },
);

test.each([1, 2, 5])('with --kill, %i files are enough', async (count) => {
  const ended = await limitFiles('--dir', filesIn(directory(), count), '--limit', '3', '--kill');
  expect(reported(ended, 'killed')).toMatch(/^1 /);
  expect(reported(ended, 'files')).toBe(`${count}`);
  expect(ended.code).toBe(0);
});
