import { expect, test } from 'vitest';
import { limitFiles } from './cli.js';

test('--help names every option', async () => {
  const { code, stdout, stderr } = await limitFiles('--help');
  for (const option of ['--dir', '--limit', '--workers', '--kill', '--verify']) {
    expect(stdout).toContain(option);
  }
  expect([code, stderr]).toEqual([0, '']);
});
