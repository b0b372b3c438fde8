// EVENTFD_TRACE is inherited: every process writes a file of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startTrace } from '@eventfd/semaphore/trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linesOf, readTrace } from '../support/trace.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
  file = join(folder, 'trace.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const family = fileURLToPath(new URL('fixtures/family.mjs', import.meta.url));

/** The process ids that it, and those it started, have printed. */
async function program(...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [family, ...args], {
    env: { ...process.env, EVENTFD_TRACE: file },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return printed.trim().split('\n');
}

/** Of each file in the folder, what the main thread held, and of which process it tells. */
function files() {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const events = readTrace(join(folder, name));
      const held = Object.entries(linesOf(events)).map(([line, happened]) => [
        line,
        ...happened.filter((at) => at !== '-'),
      ]);
      return [name, { pids: [...new Set(events.map(({ pid }) => `${pid}`))], held: held.flat() }];
    }),
  );
}

test.each(['fork', 'exec', 'an environment of its own', 'cluster'])('by %s', async (way) => {
  const [parent, child] = await program(way);
  expect(files()).toEqual({
    'trace.json': { pids: [parent], held: ['main thread', `+ holds Mutex "${way}"`, '+ holds Mutex "and afterwards"'] },
    [`trace.${child}.json`]: { pids: [child], held: ['main thread', '+ holds Mutex "child"'] },
  });
});

test('the child of a child', async () => {
  const [parent, child, grandchild] = await program('grandchild');
  expect(Object.keys(files()).sort()).toEqual(['trace.json', `trace.${child}.json`, `trace.${grandchild}.json`].sort());
  expect(files()['trace.json']?.pids).toEqual([parent]);
});

test('a process that does not use the package has none', async () => {
  const [parent] = await program('no use of the package');
  expect(files()).toMatchObject({ 'trace.json': { pids: [parent] } });
  expect(readdirSync(folder)).toEqual(['trace.json']);
});

test('a worker is in the file of its process, whatever its environment', async () => {
  const [parent] = await program('worker');
  expect(readdirSync(folder)).toEqual(['trace.json']);
  expect(files()['trace.json']).toMatchObject({
    pids: [parent],
    held: expect.arrayContaining(['worker 1', '+ holds Mutex "worker of it"', '+ holds Mutex "and afterwards"']),
  });
});

test('a child that begins when its parent has ended leaves the file of that alone', async () => {
  const [parent, child] = await program('a child that outlives it');
  expect(files()).toMatchObject({ 'trace.json': { pids: [parent] }, [`trace.${child}.json`]: { pids: [child] } });
});

test('programs that are started at once', async () => {
  const started = await Promise.all(Array.from({ length: 6 }, () => program('child')));
  const pids = Object.entries(files()).map(([name, told]) => {
    expect(['trace.json', `trace.${told.pids}.json`]).toContain(name);
    expect(told.held).toEqual(['main thread', '+ holds Mutex "child"']);
    return told.pids;
  });
  expect(pids.sort()).toEqual(started.sort());
});

test('the next run of a program writes over the file of the last', async () => {
  writeFileSync(file, 'something longer than a trace '.repeat(1000));
  await program('child');
  const [again] = await program('child');
  expect(files()).toMatchObject({ 'trace.json': { pids: [again] } });
  expect(readdirSync(folder)).toEqual(['trace.json']);
});

test('startTrace keeps out of a file that another process writes, and says which it took', async () => {
  const ours = startTrace(file);
  const [child] = await program('child');
  ours.stop();
  expect(ours.file).toBe(file);
  expect(readTrace(file).map(({ pid }) => pid)).toEqual([process.pid]);
  expect(files()[`trace.${child}.json`]?.pids).toEqual([child]);
});
