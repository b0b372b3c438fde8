/** The figures of README's table: those of docs/figures.json, of a run of this version. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error: a script without types
import { figuresOf, tableOf, withTable } from '../../../../scripts/readme-figures.mjs';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const figures = JSON.parse(read('docs/figures.json'));

test('the table is what `pnpm docs:figures` makes of docs/figures.json', () => {
  const readme = read('README.md');
  expect(readme).toContain(tableOf(figures));
  expect(withTable(readme, tableOf(figures))).toBe(readme);
});

test('the figures were measured with this version; else run `bench --quick --node 26` and `docs:figures`', () => {
  expect(figures.version).toBe(JSON.parse(read('packages/semaphore/package.json')).version);
});

test('medians of the runs, and why there is none', () => {
  const run = (time: number) => ({ figures: { time, mean: 3, served: 100, p99: 0.01 } });
  const subjects = [
    { subject: 'ours', runs: [run(30), run(10), run(12)] },
    { subject: 'atomics', runs: [], missing: 'asynchronous only' },
    { subject: 'wait-async', runs: [run(4000), run(5000)] },
    { subject: 'web-locks', runs: [], missing: 'asynchronous only' },
    { subject: 'async-mutex', runs: [], missing: 'one thread only: it cannot be posted to a worker' },
  ];
  const ids = ['uncontended-sync', 'uncontended-async', 'hand-off-sync', 'hand-off-async', 'death'];
  const cases = ids.map((id) => ({ case: id, points: [{ point: {}, subjects }] }));
  const made = figuresOf(
    { date: '2026-01-02T03:04', node: 'v26.0.0', machine: { cpu: 'X', cores: 2 }, cases },
    '0.9.9',
  );
  const table: string = tableOf(made);
  expect(table).toContain('| take and give back, nobody waits | 12 ns | 4.5 us | promises only | no threads |');
  expect(table).toContain('| a thread wakes one that blocks | 3.0 us |');
  expect(table).toContain('Measured with 0.9.9 on Node 26.0.0, 2 cores (X), 2026-01-02');
});
