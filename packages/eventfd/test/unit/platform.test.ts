/** Where there is no eventfd(2) the package loads, and says so when it is used; where nothing works, when it is imported. */
import * as eventfd from 'eventfd';
import { expect, test } from 'vitest';
import { runFixture } from '../support/run.js';

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
