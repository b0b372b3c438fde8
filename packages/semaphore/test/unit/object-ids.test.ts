/** What objects without a name are called: by an id that no two of a process have, wherever something is said of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect as format } from 'node:util';
import { inspect, Latch, Semaphore } from '@eventfd/semaphore';
import { expect, onTestFinished, test } from 'vitest';
import { output } from '../support/child.js';

interface Said {
  readonly samePlace: boolean;
  readonly ids: [string, string];
  readonly waits: string[];
  /** In the other thread. */
  readonly theirs: { readonly ids: string[]; readonly waits: string[] };
  readonly inspected: [id: string, holder: number][];
  readonly deadlock: string;
  readonly traced: string[];
  readonly runs: [string, string];
  readonly reused: [idBefore: string, cellBefore: number, idAfter: string, cellAfter: number];
}

test('two at the same place of two arenas have two, the same on every thread, in channels, inspect(), traces and errors', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventfd-ids-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const said = JSON.parse(await output('object-ids.mjs', [join(folder, 'trace.json')])) as Said;
  const [own, other] = said.ids;
  expect(said.samePlace).toBe(true);
  expect(own).not.toBe(other);
  expect(said.waits).toEqual([own, other]);
  expect(said.theirs).toEqual({ ids: [own, other], waits: [own, other] });
  expect(new Map(said.inspected)).toEqual(
    new Map([
      [own, 0],
      [other, 1],
    ]),
  );
  expect(said.deadlock).toBe(`Mutex ${own}`);
  expect(said.traced).toEqual(
    expect.arrayContaining([`holds Mutex ${own}`, `waits for Mutex ${own}`, `waits for Mutex ${other}`]),
  );
  expect(said.runs[0]).toBe(said.runs[1]);
  const [idBefore, cellBefore, idAfter, cellAfter] = said.reused;
  expect(cellAfter).toBe(cellBefore);
  expect(idAfter).not.toBe(idBefore);
});

test('a named object has one, too, and whoever opens it finds the same', () => {
  using semaphore = Semaphore.open('identified', 1);
  using same = Semaphore.open('identified', 1);
  using label = new Semaphore(1, { name: 'identified' });
  expect(same.id).toBe(semaphore.id);
  expect(label.id).not.toBe(semaphore.id);
  const found = inspect().filter(({ name }) => name === 'identified');
  expect(found.map(({ id }) => id).sort()).toEqual([semaphore.id, label.id].sort());
});

test('printed, it stands in the place of the name that is missing', () => {
  using latch = new Latch(2);
  const found = inspect().find(({ id }) => id === latch.id);
  expect(format(found)).toBe(`Latch ${latch.id} { count: 2 }`);
});
