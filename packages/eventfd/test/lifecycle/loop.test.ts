// What keeps an event loop alive, and what does not. An active poll at a worker's end would abort the process.
import { describe, expect, test } from 'vitest';
import { runFixture } from '../support/run.js';

const alive = ['ref', 'select', 'timeout', 'write', 'one of two', 'unref, then ref'];
const idle = [
  'ref: false',
  'unref',
  'ref, then unref',
  'unref, writing',
  'unref, selecting',
  'unref, with a timeout',
  'no longer waiting',
  'closed',
];

describe.each(['main', 'worker'])('in a %s thread', (where) => {
  const worker = where === 'worker' ? 'worker 0\n' : '';

  test.each(alive)('a wait keeps the loop alive: %s', async (mode) => {
    expect(await runFixture('loop.mjs', mode, where)).toEqual({
      code: 0,
      signal: null,
      stdout: `over\n${worker}`,
      stderr: '',
    });
  });

  test.each(idle)('nothing keeps the loop alive: %s', async (mode) => {
    expect(await runFixture('loop.mjs', mode, where)).toEqual({ code: 0, signal: null, stdout: worker, stderr: '' });
  });
});
