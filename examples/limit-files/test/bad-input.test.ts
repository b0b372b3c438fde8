import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestInPool } from '../dist/pool.js';
import { directory, type Ended, filesIn, limitFiles, main } from './cli.js';

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
  [['--verify', '--no-verify'], /exclude each other/],
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

test('a file or a directory that cannot be read is named', async () => {
  const dir = filesIn(directory(), 3);
  expectRefused(await limitFiles('--dir', makeUnreadable(dir)), /cannot read .*unreadable/);
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

test('a file that is gone when its turn comes is named', async () => {
  const dir = directory();
  writeFileSync(join(dir, 'there'), 'there');
  const run = digestInPool(dir, ['there', 'gone'], { limit: 1, workers: 2, kill: false }, () => {});
  await expect(run).rejects.toThrow(`cannot read ${join(dir, 'gone')}: no such file or directory`);
});
