import { expect, test } from 'vitest';
import { runFixture } from '../support/run.js';

const { EVENTFD_SEED: seed = String(Date.now() % 2 ** 31) } = process.env;

test('no argument to a function of the addon crashes or blocks it', async () => {
  const { code, signal, stdout, stderr } = await runFixture('hostile-arguments.mjs', seed);
  console.log(stdout.trimEnd());
  expect({ code, signal, stderr }, stdout).toEqual({ code: 0, signal: null, stderr: '' });
});
