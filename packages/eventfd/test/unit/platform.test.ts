/** Where there is no eventfd(2) the package loads, and says so when it is used; where nothing works, when it is imported. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as eventfd from 'eventfd';
import { expect, onTestFinished, test } from 'vitest';
import { finished, runFixture } from '../support/run.js';

const UNAVAILABLE = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';

async function seenOn(where: object) {
  const { code, stdout, stderr } = await runFixture('elsewhere.mjs', JSON.stringify(where));
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

test.each([
  ['macOS', { platform: 'darwin' }, 'this is darwin'],
  ['Windows', { platform: 'win32' }, 'this is win32'],
  ['Bun', { versions: { bun: '9.8.7' } }, 'this is Bun 9.8.7'],
])('on %s it is imported, and what needs eventfd(2) is refused when it is used', async (_, where, place) => {
  const { imported, refused, wrong } = await seenOn(where);
  expect(imported).toBe(String(Object.keys(eventfd).length));
  expect(Object.keys(refused).length).toBe(6);
  for (const [call, outcome] of Object.entries(refused)) {
    expect(outcome, call).toMatchObject({ name: 'Error', code: UNAVAILABLE });
    expect((outcome as Error).message, call).toContain(place);
    expect((outcome as Error).message, call).toContain('Semaphore');
  }
  expect(wrong).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
});

test.each([
  ['Deno', { versions: { deno: '9.8.7' } }, 'Deno 9.8.7'],
  ['a big-endian machine', { arch: 's390x', endianness: 'BE' }, 's390x'],
  ['a machine of 32 bits', { arch: 'ia32' }, 'ia32'],
])('on %s its import is refused with a sentence', async (_, where, place) => {
  const { imported } = await seenOn(where);
  expect(imported).toMatchObject({ name: 'Error', code: UNAVAILABLE });
  expect(imported.message).toContain(place);
});

test.each([
  ['macOS', { platform: 'darwin', arch: 'arm64' }, 'darwin-arm64'],
  ['Windows', { platform: 'win32', arch: 'x64' }, 'win32-x64'],
  ['Linux on RISC-V', { platform: 'linux', arch: 'riscv64' }, 'linux-riscv64'],
])('on %s a package without a binary for it says how to make one', async (_, where, place) => {
  const folder = await mkdtemp(join(tmpdir(), 'eventfd-elsewhere-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const packaged = fileURLToPath(new URL('../..', import.meta.url));
  const installed = join(folder, 'node_modules/eventfd');
  await mkdir(installed, { recursive: true });
  for (const part of ['lib', 'package.json'])
    await cp(join(packaged, part), join(installed, part), { recursive: true });
  const program = join(folder, 'elsewhere.mjs');
  await cp(join(packaged, 'test/fixtures/elsewhere.mjs'), program);
  const { stdout, stderr } = await finished(spawn(process.execPath, [program, JSON.stringify(where)]));
  expect(stderr).toBe('');
  const { imported } = JSON.parse(stdout);
  expect(imported).toMatchObject({ name: 'Error', code: UNAVAILABLE });
  expect(imported.message).toContain(`without a binary for ${place}`);
  expect(imported.message).toContain('npx eventfd-build');
});
