import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Mutex, RwLock, Semaphore } from '@eventfd/semaphore';
import { startTrace } from '@eventfd/semaphore/trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { queued } from '../support/fill.js';
import { expectOrderly, linesOf, readTrace } from '../support/trace.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
  file = join(folder, 'trace.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (thing: string, shared: { mutex: Mutex; semaphore: Semaphore }) =>
  new Worker(new URL('fixtures/worker.mjs', import.meta.url), { workerData: { thing, ...shared } });

const heard = (worker: Worker, event: string) => within(`the worker's ${event}`, once(worker, event));

test('every thread has its line, on which waits and holds follow each other', async () => {
  const trace = startTrace(file);
  using mutex = new Mutex({ name: 'm' });
  using semaphore = new Semaphore(2, { name: 's' });
  const guard = mutex.lockSync();
  const worker = start('lockAndAcquire', { mutex, semaphore });
  const { threadId } = worker;
  const exit = heard(worker, 'exit');
  await queued(mutex, 1);
  guard.unlock();
  await exit;
  trace.stop();

  const events = readTrace(trace.file);
  expectOrderly(events);
  expect(linesOf(events)).toEqual({
    'main thread': ['+ holds Mutex "m"', '-'],
    [`worker ${threadId}`]: ['+ waits for Mutex "m"', '- granted', '+ holds Mutex "m"', '-', '! thread ended'],
    [`worker ${threadId}, line 2`]: ['+ holds Semaphore "s"', '-'],
  });
  const inTime = (name: string, tid?: number) =>
    events.find((event) => event.name === name && (tid === undefined || event.tid !== tid));
  const ours = inTime('holds Mutex "m"');
  const theirs = inTime('holds Mutex "m"', ours?.tid);
  expect(theirs?.ts).toBeGreaterThan(events.find(({ ph, tid }) => ph === 'E' && tid === ours?.tid)?.ts as number);
  expect(inTime('waits for Mutex "m"')).toMatchObject({ cat: 'wait', args: { method: 'lock', permits: 1 } });
  expect(inTime('holds Semaphore "s"')).toMatchObject({ cat: 'hold', args: { permits: 2 }, pid: process.pid });
});

test('what is under way when the trace ends is marked', async () => {
  const trace = startTrace(file);
  using mutex = new Mutex({ name: 'm' });
  using semaphore = new Semaphore(2, { name: 's' });
  const permit = semaphore.tryAcquire();
  const worker = start('holdForEver', { mutex, semaphore });
  const { threadId } = worker;
  await heard(worker, 'message');
  trace.stop();

  const events = readTrace(trace.file);
  expectOrderly(events);
  const lines = linesOf(events);
  expect(lines['main thread']).toEqual(['+ holds Semaphore "s"', '- still open when the trace ended']);
  expect(lines[`worker ${threadId}`]?.at(-1)).toBe('- still open when the trace ended');
  permit?.release();
  await worker.terminate();
});

test('what a killed worker had said is there, and what it held ends with it', async () => {
  const trace = startTrace(file);
  using mutex = new Mutex();
  using semaphore = new Semaphore(2, { name: 's' });
  const worker = start('holdForEver', { mutex, semaphore });
  const { threadId } = worker;
  await heard(worker, 'message');
  await worker.terminate();
  trace.stop();
  expect(linesOf(readTrace(file))).toEqual({
    [`worker ${threadId}`]: ['+ holds Semaphore "s"', '- its thread ended', '! thread ended'],
  });
});

test('workers killed wherever they are leave a whole file', async () => {
  const trace = startTrace(file);
  using mutex = new Mutex();
  using semaphore = new Semaphore(1, { name: 's' });
  for (let i = 0; i < 20; i++) {
    const workers = [start('hurry', { mutex, semaphore }), start('hurry', { mutex, semaphore })];
    await Promise.all(workers.map((worker) => heard(worker, 'message')));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  trace.stop();
  const events = readTrace(file);
  expectOrderly(events);
  expect(events.filter(({ name }) => name === 'thread ended').length).toBe(40);
});

test('threads that go on when it stops write nothing after its end', async () => {
  using mutex = new Mutex();
  using semaphore = new Semaphore(1, { name: 's' });
  for (let i = 0; i < 10; i++) {
    const trace = startTrace(file);
    const worker = start('hurry', { mutex, semaphore });
    await heard(worker, 'message');
    trace.stop();
    const whole = readFileSync(file, 'utf8');
    expect(whole.endsWith('\n]\n')).toBe(true);
    await worker.terminate();
    expect(readFileSync(file, 'utf8')).toBe(whole);
  }
});

test('what is not to be seen any more costs nothing: a stopped trace lets go, and another can follow', async () => {
  const first = startTrace(file);
  using mutex = new Mutex({ name: 'm' });
  using semaphore = new Semaphore(1, { name: 's' });
  const worker = start('later', { mutex, semaphore });
  await heard(worker, 'message');
  first.stop();
  first.stop();
  const whole = readFileSync(file, 'utf8');

  const second = startTrace(join(folder, 'second.json'));
  const guard = mutex.lockSync();
  worker.postMessage('go on');
  await heard(worker, 'exit');
  guard.unlock();
  second.stop();
  expect(readFileSync(file, 'utf8')).toBe(whole);
  // The worker began under the first trace, and is not part of the second.
  expect(linesOf(readTrace(second.file))).toEqual({ 'main thread': ['+ holds Mutex "m"', '-'] });
});

test('waits at once stand on lines of their own, as far as there are lines', async () => {
  const trace = startTrace(file);
  using semaphore = new Semaphore(0, { name: 's' });
  const abort = new AbortController();
  const waits = Array.from({ length: 35 }, () => semaphore.acquire({ signal: abort.signal }).catch(() => {}));
  abort.abort();
  await Promise.all(waits);
  trace.stop();
  const events = readTrace(file);
  expectOrderly(events);
  const lines = Object.values(linesOf(events));
  expect(lines).toHaveLength(30);
  for (const line of lines) expect(line).toEqual(['+ waits for Semaphore "s"', '- abort']);
  expect(events.filter(({ ph }) => ph === 'C').map(({ args }) => args.count)).toEqual([1, 2, 3, 4, 5]);
});

test('readers read, writers write, permits are split and merged, and a downgrade changes one into the other', async () => {
  const trace = startTrace(file);
  using lock = new RwLock({ name: 'l' });
  using semaphore = new Semaphore(3);
  const writing = lock.writeSync();
  const reading = writing.downgrade();
  reading.unlock();
  const permit = semaphore.acquireSync({ permits: 3 });
  const part = permit.split(1);
  permit.merge(part);
  permit.release();
  trace.stop();
  const unnamed = `holds Semaphore ${semaphore.id}`;
  expect(linesOf(readTrace(file))).toEqual({
    // The reader's hold begins before the writer's ends: nobody writes in between.
    'main thread': ['+ writes RwLock "l"', '-', `+ ${unnamed}`, '-'],
    'main thread, line 2': ['+ reads RwLock "l"', '-', `+ ${unnamed}`, '-'],
  });
});

test('an abandoned lock is told of', async () => {
  using mutex = new Mutex({ name: 'm' });
  using semaphore = new Semaphore(1);
  const trace = startTrace(file);
  const worker = start('dieLocked', { mutex, semaphore });
  await heard(worker, 'exit');
  Mutex.from(mutex).lockSync().unlock();
  trace.stop();
  expect(linesOf(readTrace(file))['main thread']).toEqual([
    '! Mutex "m" was abandoned by its last owner',
    '+ holds Mutex "m"',
    '-',
  ]);
});

test('arguments', () => {
  expect(() => startTrace(1 as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  expect(() => startTrace(join(folder, 'no', 'such', 'folder'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  const trace = startTrace(join(folder, '%p.json'));
  expect(trace.file).toBe(join(folder, `${process.pid}.json`));
  expect(() => startTrace(file)).toThrow(expect.objectContaining({ code: 'ERR_TRACE_RUNNING' }));
  expect(existsSync(file)).toBe(false);
  trace[Symbol.dispose]();
  startTrace(file).stop();
  expect(readTrace(file).map(({ name }) => name)).toEqual(['process_name']);
});
