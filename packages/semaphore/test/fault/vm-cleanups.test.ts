import { describe, expect, test } from 'vitest';
import { run } from '../support/child.js';

describe.each(['exit', 'terminate'])('workers that end by %s with cleanups of a vm context pending', (end) => {
  test.each(['acquire', 'acquireSync', 'read', 'write'])('do not end the process, after %s', async (wait) => {
    const ended = await run('ends-with-vm-cleanups.mjs', [wait, end], ['--expose-gc']);
    expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });
});
