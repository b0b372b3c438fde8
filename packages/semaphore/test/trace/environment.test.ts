import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linesOf, readTrace, readUnfinishedTrace } from '../support/trace.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(file: string, ...args: string[]) {
  const path = fileURLToPath(new URL('fixtures/program.mjs', import.meta.url));
  const env = { ...process.env, EVENTFD_TRACE: file };
  return spawnSync(process.execPath, [path, ...args], {
    env,
    encoding: 'utf8',
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
}

const whatHappened = {
  'main thread': ['+ holds Mutex "m"', '-'],
  'worker 1': ['+ waits for Mutex "m"', '- granted', '+ holds Mutex "m"', '-', '! thread ended'],
  'worker 1, line 2': ['+ holds Semaphore "s"', '-'],
};

test('EVENTFD_TRACE traces a program that knows nothing of it', () => {
  const { status, stdout, stderr } = program(join(folder, '%p.json'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(linesOf(readTrace(join(folder, `${stdout.trim()}.json`)))).toEqual(whatHappened);
});

test('a process that is killed leaves all that happened', () => {
  const file = join(folder, 'trace.json');
  expect(program(file, 'kill').signal).toBe('SIGKILL');
  expect(linesOf(readUnfinishedTrace(file))).toEqual(whatHappened);
});

test('where the file cannot be written the program runs, and is warned', () => {
  const { status, stderr } = program(join(folder, 'no', 'such', 'folder'));
  expect(status).toBe(0);
  expect(stderr).toMatch(/There is no trace of this thread: ENOENT/);
});
