import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestBundle } from '../dist/digest.js';
import { directory, type Ended, filesIn, limitFiles, main, reported } from './cli.js';

function expectRefused(ended: Ended, message: RegExp): void {
  expect(ended.stderr).toMatch(message);
  // One line, of ours, and no stack trace.
  expect(ended.stderr).toMatch(/^limit-files: .*\n$/);
  expect(ended.code).toBe(2);
}

test.each([
  [['--limit', '0'], /--limit must be a whole number from 1 to \d+, not "0"/],
  [['--limit', 'two'], /--limit .* not "two"/],
  [['--limit', '1.5'], /--limit .* not "1.5"/],
  [['--limit', '1e1'], /--limit .* not "1e1"/],
  [['--limit', ''], /--limit .* not ""/],
  [['--limit=-1'], /--limit .* not "-1"/],
  [['--limit', '-1'], /--limit/],
  [['--limit', '99999999999999999999'], /--limit must be a whole number/],
  [['--limit'], /--limit/],
  [['--workers', '0'], /--workers must be a whole number/],
  [['--workers', 'many'], /--workers .* not "many"/],
  [['--limit', '4', '--workers', '4'], /--workers 4 must be more than --limit 4/],
  [['--kill=yes'], /--kill/],
  [['--frob'], /--frob/],
  [['somewhere'], /somewhere/],
  [['--dir', '/does/not/exist'], /cannot read \/does\/not\/exist: no such file or directory/],
  [['--dir', ''], /--dir must name a directory/],
  [['--dir', main], /cannot read .*main\.js: not a directory/],
])('%j is refused in one line', async (args, message) => {
  const ended = await limitFiles(...args);
  expectRefused(ended, message);
  expect(ended.stdout).toBe('');
});

test('one file or directory among others that cannot be read is named, the rest is done, and the exit code says so', async () => {
  const dir = filesIn(directory(), 3);
  const ended = await limitFiles('--dir', makeUnreadable(dir), '--kill');
  expect(ended.stderr).toMatch(/^limit-files: cannot read .*unreadable/m);
  expect(reported(ended, 'killed')).toMatch(/^1 /);
  expect(reported(ended, 'permits back')).toBe('2 of 2');
  expect(ended.code).toBe(1);
});

/** For root, to whom no permission is denied, a path that is too long. */
function makeUnreadable(dir: string): string {
  if (process.getuid?.() !== 0) {
    writeFileSync(join(dir, 'unreadable'), 'secret');
    chmodSync(join(dir, 'unreadable'), 0);
    return dir;
  }
  const cwd = process.cwd();
  const name = `unreadable ${'x'.repeat(240)}`;
  process.chdir(dir);
  for (let length = dir.length; length < 4096; length += name.length + 1) {
    mkdirSync(name);
    process.chdir(name);
  }
  process.chdir(cwd);
  return dir;
}

test('a file that is gone when its turn comes is named, and what is left of the bundle is done', () => {
  const dir = directory();
  writeFileSync(join(dir, 'there'), 'there');
  const parts = ['gone', 'there'].map((path) => ({ path, at: 0, bytes: 5 }));
  const { bytes, unreadable } = digestBundle(dir, { id: 0, bytes: 10, parts });
  expect(bytes).toBe(5);
  const message = `cannot read ${join(dir, 'gone')}: no such file or directory`;
  expect(unreadable).toEqual([{ path: 'gone', message }]);
});
