// The descriptor in the hands of Node's own modules.
import { readSync, read as readWithCallback, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { EventFd } from 'eventfd';
import { expect, test } from 'vitest';
import { errorOf } from '../support/errors.js';

const read = promisify(readWithCallback);
const bytesOf = (value: bigint) => new Uint8Array(BigUint64Array.of(value).buffer);

test('fs.readSync and fs.writeSync read and write it', () => {
  using efd = new EventFd(3);
  const bytes = new Uint8Array(8);
  expect(readSync(efd.fd, bytes, 0, 8, null)).toBe(8);
  expect(bytes).toEqual(bytesOf(3n));
  expect(writeSync(efd.fd, bytesOf(5n), 0, 8, null)).toBe(8);
  expect(efd.tryRead()).toBe(5n);
});

test('fs.read reads it on another thread', async () => {
  using efd = new EventFd(3);
  const bytes = new Uint8Array(8);
  expect(await read(efd.fd, bytes, 0, 8, null)).toMatchObject({ bytesRead: 8 });
  expect(bytes).toEqual(bytesOf(3n));
});

test('where it would wait, fs says EAGAIN; with fewer than 8 bytes, EINVAL', async () => {
  using efd = new EventFd();
  expect(await errorOf(() => readSync(efd.fd, new Uint8Array(8), 0, 8, null))).toMatchObject({ code: 'EAGAIN' });
  expect(await errorOf(() => readSync(efd.fd, new Uint8Array(4), 0, 4, null))).toMatchObject({ code: 'EINVAL' });
  expect(await errorOf(() => writeSync(efd.fd, bytesOf(1n), 0, 4, null))).toMatchObject({ code: 'EINVAL' });
});

test('what fs writes ends a wait', async () => {
  using efd = new EventFd();
  const waiting = efd.read();
  writeSync(efd.fd, bytesOf(5n), 0, 8, null);
  expect(await waiting).toBe(5n);
});
