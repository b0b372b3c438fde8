import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { output } from '../support/child.js';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;

/** What `npm i` would leave beside the first copy, of files that are built. */
beforeAll(() => {
  folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'two-copies-'))), 'node_modules');
  for (const part of ['package.json', 'lib', 'build/Release/eventfd.node']) {
    cpSync(join(packages, 'eventfd', part), join(folder, 'eventfd', part), { recursive: true });
  }
  for (const part of ['package.json', 'lib']) {
    cpSync(join(packages, 'semaphore', part), join(folder, '@eventfd/semaphore', part), { recursive: true });
  }
});

afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }));

test('two copies in one process refuse each other, and say why; each recovers from the death of a thread that used both', async () => {
  const seen = JSON.parse(await output('two-copies.mjs', [folder]));
  const refusal = 'InvalidHandleError,ERR_INVALID_HANDLE,true,true';
  expect(seen).toEqual({
    refused: new Array(20).fill(refusal),
    unused: new Array(10).fill(refusal),
    held: [
      [true, 0],
      [true, 0],
    ],
    inspected: [9, 9], // eight classes, and the Condition's mutex
    abandoned: [true, true],
    free: [1, 1],
  });
});
