import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'vitest';

const script = fileURLToPath(new URL('../../../../scripts/native-tests.mjs', import.meta.url));

// The core without Node: its unit tests, a second of stress, and the model to a small bound. `pnpm test:native` adds the
// sanitizers, the model to its full depth, and the proof that it finds what is broken on purpose.
//
// The deadline is for a busy machine that has to compile it all: it takes some 15 s of processor time, and 3 s when
// nothing has changed.
test('the C++ core passes its own tests', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script]).catch((error) => {
    throw new Error(`the native tests failed\n${error.stdout}${error.stderr}`);
  });
  // What was run, with the seed and the number of interleavings.
  console.log(stdout.match(/^(ok|native tests|.*(seed|model:|cases)).*$/gm)?.join('\n'));
});
