import { closeSync, openSync } from 'node:fs';
import { EFD_CLOEXEC, EFD_NONBLOCK, eventfd, eventfdRead, eventfdWrite } from 'eventfd';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../support/errors.js';

// biome-ignore lint/suspicious/noExplicitAny: what callers without TypeScript pass
type Anything = any;

let fd: number;
let file: number;
let closed: number;

beforeAll(() => {
  fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  file = openSync('/dev/null', 'r');
  closed = 1_000_000;
});

afterAll(() => {
  closeSync(fd);
  closeSync(file);
});

const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

const wrong: [string, (...args: Anything[]) => unknown, () => Anything[], object][] = [
  ['initval missing', eventfd, () => [], type],
  ['initval a string', eventfd, () => ['1'], type],
  ['initval null', eventfd, () => [null], type],
  ['initval negative', eventfd, () => [-1], range],
  ['initval 2 ** 32', eventfd, () => [2 ** 32], range],
  ['initval 2n ** 32n', eventfd, () => [2n ** 32n], range],
  ['initval a fraction', eventfd, () => [0.5], range],
  ['initval NaN', eventfd, () => [Number.NaN], range],
  ['flags a string', eventfd, () => [0, 'EFD_CLOEXEC'], type],
  ['flags a bigint', eventfd, () => [0, 1n], type],
  ['flags above an int', eventfd, () => [0, 2 ** 31], range],
  ['flags a fraction', eventfd, () => [0, 1.5], range],
  ['descriptor missing', eventfdRead, () => [], type],
  ['descriptor a string', eventfdRead, () => ['3'], type],
  ['descriptor negative', eventfdRead, () => [-1], range],
  ['descriptor above an int', eventfdRead, () => [2 ** 31], range],
  ['descriptor a fraction', eventfdWrite, () => [1.5, 1], range],
  ['value missing', eventfdWrite, () => [fd], type],
  ['value a string', eventfdWrite, () => [fd, '1'], type],
  ['value a boolean', eventfdWrite, () => [fd, true], type],
  ['value negative', eventfdWrite, () => [fd, -1], range],
  ['value a negative bigint', eventfdWrite, () => [fd, -1n], range],
  ['value 2 ** 64', eventfdWrite, () => [fd, 2n ** 64n], range],
  ['value a fraction', eventfdWrite, () => [fd, 0.1], range],
  ['value a number that is not exact', eventfdWrite, () => [fd, 2 ** 53], range],
  ['value Infinity', eventfdWrite, () => [fd, Number.POSITIVE_INFINITY], range],
];

describe('arguments', () => {
  test.each(wrong)('%s', async (_what, call, args, expected) => {
    expect(await errorOf(() => call(...args()))).toMatchObject(expected);
  });
});

const refused: [string, () => unknown, object][] = [
  ['an unknown flag', () => eventfd(0, 2), { code: 'EINVAL', errno: -22, syscall: 'eventfd' }],
  ['negative flags', () => eventfd(0, -1), { code: 'EINVAL', errno: -22, syscall: 'eventfd' }],
  ['a read of nothing', () => eventfdRead(fd), { code: 'EAGAIN', errno: -11, syscall: 'read' }],
  ['a write of 2 ** 64 - 1', () => eventfdWrite(fd, 2n ** 64n - 1n), { code: 'EINVAL', errno: -22, syscall: 'write' }],
  ['a read of what is closed', () => eventfdRead(closed), { code: 'EBADF', errno: -9, syscall: 'read' }],
  ['a write to what is closed', () => eventfdWrite(closed, 1), { code: 'EBADF', errno: -9, syscall: 'write' }],
  ['a read of what has no 8 bytes', () => eventfdRead(file), { code: 'EINVAL', syscall: 'read' }],
  ['a write to what is read-only', () => eventfdWrite(file, 1), { code: 'EBADF', syscall: 'write' }],
];

describe('the kernel refuses', () => {
  test.each(refused)('%s', async (_what, call, expected) => {
    const error = await errorOf(call);
    expect(error).toMatchObject({ name: 'Error', ...expected });
    expect(error.message).toMatch(new RegExp(`^${error.code}: .+, ${error.syscall}$`));
  });
});
