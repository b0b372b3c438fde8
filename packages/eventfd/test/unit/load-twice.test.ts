import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../fixtures/load-twice.mjs', import.meta.url));

test('the addon that is loaded again in a thread is what was loaded before', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(JSON.parse(stdout)).toEqual({ found: true, same: true, read: 7 });
});

test('and the thread ends as any other', async () => {
  const worker = new Worker(script, { stdout: true });
  expect(await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))).toBe(0);
});
