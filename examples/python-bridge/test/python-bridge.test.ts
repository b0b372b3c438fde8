import { expect, test } from 'vitest';
import { example } from '../../support/example.js';

test('Node and Python wake each other, and share a limit', async () => {
  const { code, stdout, stderr } = await example('python-bridge');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // The two processes write to one descriptor, so their last lines but one come in either order.
  expect(stdout.split('\n').sort()).toEqual(
    [
      ...[1, 2, 3, 4, 5].map((n) => `node: asked for the square of ${n}, got ${n * n}`),
      'node: took 100 permits',
      'python: took 100 permits',
      'both: 2 of 2 permits are free again; python ended with code 0',
      '',
    ].sort(),
  );
});

test('without Python it says what it needs', async () => {
  expect(await example('python-bridge', { PATH: '/nonexistent' })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'python-bridge: needs python3 on the PATH\n',
  });
});
