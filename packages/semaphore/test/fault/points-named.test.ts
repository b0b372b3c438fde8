import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { native } from 'eventfd/internal';
import { expect, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const eventfd = fileURLToPath(new URL('../../../eventfd/', import.meta.url));
const core = readFileSync(join(eventfd, 'native/core/points.h'), 'utf8');

/** The files of a directory whose names match, as one text. */
function textOf(directory: string, names: RegExp): string {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => names.test(file));
  return files.map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
}

const named = [...textOf(join(eventfd, 'native'), /\.(h|cc)$/).matchAll(/AtPoint\("(.+?)"\)/g)].map(([, name]) => name);

test('every named point is in the table beside AtPoint(), and the table names no other', () => {
  const rows = [...core.matchAll(/^\/\/ {3}(\w+) {2,}\S.* {2,}\S/gm)].map(([, name]) => name);
  expect(rows.filter((name) => name !== 'point').sort()).toEqual([...new Set(named)].sort());
});

test('a worker is killed at every one', () => {
  const tests = textOf(here, /^points-(?!named).*\.test\.ts$/);
  expect(named.filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});

test('the addon that is published knows nothing of them', () => {
  expect(Object.keys(native).filter((name) => /point/i.test(name))).toEqual([]);
  const binary = readFileSync(join(eventfd, 'build/Release/eventfd.node'), 'latin1');
  expect(['armPoint', 'AtPoint', 'attaching', 'retiring'].filter((text) => binary.includes(text))).toEqual([]);
});
