import { describe, expect, test } from 'vitest';
import { runFixture } from '../support/run.js';

const methods = ['readSync', 'writeSync', 'select', 'eventfdRead', 'eventfdWrite', 'read', 'write', 'selectAsync'];

describe.each(methods)('while a worker is in %s', (method) => {
  test('process.exit() ends the process', async () => {
    expect(await runFixture('process-exit.mjs', method, 'exit')).toMatchObject({ code: 7, signal: null, stderr: '' });
  });

  test('an uncaught error ends the process', async () => {
    const { code, signal, stderr } = await runFixture('process-exit.mjs', method, 'throw');
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toContain('as told to');
  });

  test('terminate() leaves a process that ends well', async () => {
    const run = await runFixture('process-exit.mjs', method, 'terminate');
    expect(run).toMatchObject({ code: 7, signal: null, stderr: '' });
  });
});
