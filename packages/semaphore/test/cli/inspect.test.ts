/** `npx @eventfd/semaphore inspect <pid>`, of processes that are stuck. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { within } from '../support/deadline.js';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const command = path('../../bin/eventfd.mjs');
const addon = path('../../../eventfd/build/Release/eventfd.node');

function start(program: string, args: readonly string[], options: object = {}): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The first line that a process prints. */
async function lineOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('it has no stdout');
  const [line] = await within('the first line', once(createInterface(stdout), 'line'));
  return line;
}

/** Whose inspector takes whatever port is free. */
async function stuck(
  how: 'blocked' | 'awaiting' | 'web locks',
  ...flags: string[]
): Promise<ChildProcess & { pid: number }> {
  const fixture = path('../fixtures/stuck.mjs');
  const child = start(process.execPath, ['--inspect-port=0', ...flags, fixture, how]);
  expect(await lineOf(child)).toBe('stuck');
  return child as ChildProcess & { pid: number };
}

async function eventfd(...args: (string | number)[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(process.execPath, [command, ...args.map(String)]);
  const ended = Promise.all([once(child, 'close'), text(child.stdout as never), text(child.stderr as never)]);
  const [[code], stdout, stderr] = await within('the end of the command', ended);
  return { code, stdout, stderr };
}

/** Whether anybody listens on the port that the process's inspector had, by what it says on stderr. */
async function isInspectorOpen(child: ChildProcess): Promise<boolean> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (data) => {
    said += data;
  });
  const port = async () => {
    for (;;) {
      // Nothing more comes from who has ended.
      expect([child.exitCode, child.signalCode]).toEqual([null, null]);
      const found = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
      if (found !== undefined) return Number(found);
      await once(child.stderr as never, 'data');
    }
  };
  const socket = createConnection(await within('the port', port()), '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

test('two blocked threads, of which one is the main thread: who holds, who waits, the deadlock, and every stack', async () => {
  const child = await stuck('blocked');
  const { code, stdout, stderr } = await eventfd('inspect', child.pid, '--stacks');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`process ${child.pid}, Node ${process.version}: 2 objects, 2 held, 2 waited for\n`);
  expect(stdout).toMatch(/Mutex "first" .*\n {2}held by thread 0: 1\n {2}thread 1 blocked for \d+ ms\n/);
  expect(stdout).toMatch(/Mutex "second" .*\n {2}held by thread 1: 1\n {2}thread 0 blocked for \d+ ms\n/);
  expect(stdout).toContain('deadlock:\n  thread 1 is blocked for Mutex "first", which thread 0 holds\n');
  expect(stdout).toContain('  thread 0 is blocked for Mutex "second", which thread 1 holds\n');
  expect(stdout).toMatch(/thread 0 \(the main thread\):\n(?: +at .*\n)* +at waitsFor \(.*stuck\.mjs:\d+:\d+\)/);
  expect(stdout).toMatch(/thread 1:\n(?: +at .*\n)* +at waitsFor \(.*stuck\.mjs:\d+:\d+\)/);
  // A worker of a worker, and an idle one.
  expect(stdout).toContain('thread 2: in its event loop');
  expect(await isInspectorOpen(child)).toBe(false);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  // It can be looked into again.
  expect((await eventfd('inspect', child.pid)).stdout).toContain('deadlock:');
});

test('EVENTFD_TRACK_HOLDERS=1: where every lock was taken, by threads that are blocked', async () => {
  vi.stubEnv('EVENTFD_TRACK_HOLDERS', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const child = await stuck('blocked');
  const { stdout } = await eventfd('inspect', child.pid);
  for (const [name, thread] of [
    ['first', 0],
    ['second', 1],
  ]) {
    const place = String.raw`held by thread ${thread}: 1\n {4}1 for \d+ ms, acquired\n {6}at (?:.* \()?file:.*stuck\.mjs:\d+:\d+\)?\n`;
    expect(stdout).toMatch(new RegExp(`Mutex "${name}" .*\\n {2}${place}`));
  }
  const { objects } = JSON.parse((await eventfd('inspect', child.pid, '--json')).stdout);
  const acquired = [{ permits: 1, holds: 1, heldMs: expect.any(Number), stack: expect.stringMatching(/stuck\.mjs/) }];
  expect(objects).toMatchObject([{ holders: [{ acquired }] }, { holders: [{ acquired }] }]);
});

test('promises that wait for each other, as JSON', async () => {
  const child = await stuck('awaiting');
  const { code, stdout } = await eventfd('inspect', child.pid, '--json');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  const { pid, node, objects, cycle, stacks } = JSON.parse(stdout);
  expect([pid, node, stacks]).toEqual([child.pid, process.version, undefined]);
  expect(objects).toMatchObject([
    { name: 'first', holders: [{ threadId: 0, permits: 1 }], waiters: [{ threadId: 1, sync: false }] },
    { name: 'second', holders: [{ threadId: 1, permits: 1 }], waiters: [{ threadId: 0, sync: false }] },
  ]);
  expect(cycle).toEqual([
    { threadId: 1, object: 'Mutex "first"', sync: false },
    { threadId: 0, object: 'Mutex "second"', sync: false },
  ]);
});

test('Web Locks: who holds, who waits and for how long, and the cycle', async () => {
  const child = await stuck('web locks');
  const { code, stdout } = await eventfd('inspect', child.pid);
  expect(code).toBe(0);
  expect(stdout).toContain(': 4 objects, 2 held, 2 waited for\n');
  for (const [name, holder, waiter] of [
    ['first', 0, 1],
    ['second', 1, 0],
  ]) {
    const lines = String.raw`\n {2}held by thread ${holder}: 1 exclusive for \d+ ms\n {2}thread ${waiter} waiting for \d+ ms, wants it exclusive\n`;
    expect(stdout).toMatch(new RegExp(`WebLock "${name}" \\{ held: true, shared: false \\}${lines}`));
  }
  expect(stdout).toContain('a cycle, in part of promises:\n');
  expect(stdout).toContain('  thread 1 awaits WebLock "first", which thread 0 holds\n');
  const { cycle } = JSON.parse((await eventfd('inspect', child.pid, '--json')).stdout);
  expect(cycle.map(({ object }: { object: string }) => object).toSorted()).toEqual([
    'WebLock "first"',
    'WebLock "second"',
  ]);
});

test('a process that is looked into again and again lives on', async () => {
  const child = await stuck('web locks');
  for (let i = 0; i < 15; i++) {
    const { code, stderr } = await eventfd('inspect', child.pid);
    expect([code, stderr, child.exitCode, child.signalCode]).toEqual([0, '', null, null]);
  }
});

test('an inspector that was open stays open', async () => {
  const child = await stuck('blocked', '--inspect=0');
  expect((await eventfd('inspect', child.pid)).stdout).toContain('deadlock:');
  expect(await isInspectorOpen(child)).toBe(true);
});

test('--watch looks again until Ctrl-C, and then leaves', async () => {
  const child = await stuck('blocked');
  const watch = start(process.execPath, [command, 'inspect', `${child.pid}`, '--watch', '--json']);
  const times: number[] = [];
  for await (const line of createInterface(watch.stdout as never)) {
    times.push(JSON.parse(line).objects[0].waiters[0].waitedMs);
    if (times.length === 2) watch.kill('SIGINT');
  }
  if (watch.exitCode === null) await once(watch, 'exit');
  expect(watch.exitCode).toBe(0);
  expect(times[1]).toBeGreaterThan(times[0] as number);
  expect(await isInspectorOpen(child)).toBe(false);
});

async function refused(args: (string | number)[], code: number, message: RegExp): Promise<void> {
  const ended = await eventfd(...args);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).toMatch(/^eventfd: .*\n$/);
  expect([ended.code, ended.stdout]).toEqual([code, '']);
}

test.each([
  [[], /the command must be inspect, not ""/],
  [['look', 1], /the command must be inspect, not "look"/],
  [['inspect'], /<pid> must be the number of a process, not ""/],
  [['inspect', 'node'], /<pid> must be .* not "node"/],
  [['inspect', '-1'], /see --help/],
  [['inspect', '0'], /<pid> must be .* not "0"/],
  [['inspect', 1, 2], /there is nothing to do with "2"/],
  [['inspect', 1, '--frob'], /--frob/],
  [['inspect', 1, '--json=yes'], /--json/],
])('%j is refused in one line', async (args, message) => {
  await refused(args, 2, message);
});

test('a process that is not there, one without the package, and one of another user are refused, and left alone', async () => {
  await refused(['inspect', 2 ** 30], 1, /there is no process 1073741824/);
  const other = start(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e8)']);
  await lineOf(other);
  await refused(['inspect', other.pid as number], 1, /has not loaded @eventfd\/semaphore/);
  expect(other.exitCode).toBe(null);
  // Nobody but root can start a process of another user; to others, the first process of the machine is one.
  const isRoot = process.getuid?.() === 0;
  const foreign = isRoot ? start('sleep', ['1000'], { uid: 65534, gid: 65534 }).pid : 1;
  await refused(['inspect', foreign as number], 1, /is of the user \d+, and you are \d+: run this as that user/);
});

test('a process that the signal would end is refused, and lives on', async () => {
  const program =
    'import mmap, sys, time; f = open(sys.argv[1], "rb"); m = mmap.mmap(f.fileno(), 0, access=1); print(1, flush=True); time.sleep(1000)';
  const child = start('python3', ['-c', program, addon]);
  await lineOf(child);
  await refused(['inspect', child.pid as number], 1, /does not listen to SIGUSR1, which would end it/);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
});
