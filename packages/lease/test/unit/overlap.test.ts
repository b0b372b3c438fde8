import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { holdsIn, mostOf } from '../soak/overlap.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lease-overlap-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the check of the soak sees one hold too many, and none where an end meets a beginning', () => {
  expect(
    mostOf([
      [1n, 5n],
      [5n, 9n],
      [2n, 3n],
    ]),
  ).toEqual({ most: 2, when: 2n });
  expect(
    mostOf([
      [1n, 5n],
      [4n, 9n],
      [2n, 6n],
    ]),
  ).toEqual({ most: 3, when: 4n });
  expect(mostOf([])).toEqual({ most: 0, when: 0n });
});

test('what a killed thread was in ends with it', () => {
  const file = join(folder, 'holds');
  writeFileSync(file, '+1\n-4\n+6\n');
  expect(holdsIn(file, 8n)).toEqual([
    [1n, 4n],
    [6n, 8n],
  ]);
  expect(holdsIn(join(folder, 'none'), 8n)).toEqual([]);
});
