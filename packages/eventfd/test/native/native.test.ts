import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The core without Node: its unit tests, a second of stress, and the model to a small bound. `pnpm test:native` adds the
// sanitizers, the model to its full depth, and the proof that it finds what is broken on purpose.
test('the C++ core passes its own tests', () => {
  const script = fileURLToPath(new URL('../../../../scripts/native-tests.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  console.log(stdout);
  expect({ status, stderr, failed: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', failed: '' });
});
