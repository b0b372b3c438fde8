import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FdPermit, FdSemaphore, InvalidHandleError } from '@eventfd/semaphore';
import { EventFd } from 'eventfd';
import { expect, onTestFinished, test } from 'vitest';

function semaphoreOf(permits: number): FdSemaphore {
  const efd = new EventFd(permits, { semaphore: true });
  onTestFinished(() => efd.close());
  return new FdSemaphore(efd);
}

test('the three ways to acquire, and release', async () => {
  const semaphore = semaphoreOf(2);
  const one = semaphore.tryAcquire();
  const two = semaphore.acquireSync();
  expect(one).toBeInstanceOf(FdPermit);
  expect(semaphore.available).toBe(0n);
  expect(semaphore.tryAcquire()).toBeUndefined();
  const three = semaphore.acquire();
  one?.release();
  expect((await three).held).toBe(true);
  two.release();
  two.release();
  expect(semaphore.available).toBe(1n);
});

test('run and runSync give the permit back, also when the callback throws', async () => {
  const semaphore = semaphoreOf(1);
  const failure = new Error('in the callback');
  await expect(semaphore.run(() => Promise.reject(failure))).rejects.toBe(failure);
  expect(() =>
    semaphore.runSync(() => {
      throw failure;
    }),
  ).toThrow(failure);
  expect(await semaphore.run(() => semaphore.available)).toBe(0n);
  expect(semaphore.available).toBe(1n);
});

test('a cancelled wait has taken nothing', async () => {
  const semaphore = semaphoreOf(0);
  expect(() => semaphore.acquireSync({ timeout: 1 })).toThrow(expect.objectContaining({ code: 'ERR_TIMEOUT' }));
  await expect(semaphore.acquire({ timeout: 1 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
  const reason = new Error('not wanted any more');
  const abort = new AbortController();
  const wait = semaphore.acquire({ signal: abort.signal });
  abort.abort(reason);
  await expect(wait).rejects.toBe(reason);
  semaphore.eventfd.tryWrite();
  expect(semaphore.available).toBe(1n);
});

test('threads share it, and no more are inside than it has permits', async () => {
  const semaphore = semaphoreOf(2);
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const url = new URL('../fixtures/fd-semaphore.mjs', import.meta.url);
  const workers = [true, false, true, false].map(
    (sync) => new Worker(url, { workerData: { posted: semaphore, counts, rounds: 500, sync } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  expect(counts[1]).toBeGreaterThan(0);
  expect(counts[1]).toBeLessThanOrEqual(2);
  expect(semaphore.available).toBe(2n);
});

/** A child that has the semaphore's eventfd as its descriptor 3. */
function spawnWith(semaphore: FdSemaphore, command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit', semaphore.eventfd.fd] });
  return child as ChildProcessByStdio<Writable, Readable, null>; // which the declarations say of three entries only
}

test('a forked process takes a permit of the same count', async () => {
  const semaphore = semaphoreOf(1);
  const script = fileURLToPath(new URL('../fixtures/fd-semaphore-child.mjs', import.meta.url));
  const child = spawnWith(semaphore, process.execPath, script);
  await once(child.stdout, 'data');
  expect(semaphore.tryAcquire()).toBeUndefined();
  const permit = semaphore.acquire();
  child.stdin.write('release\n');
  (await permit).release();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(semaphore.available).toBe(1n);
});

test('a Python process takes a permit of the same count', async () => {
  const semaphore = semaphoreOf(1);
  const program =
    'import os, sys; os.eventfd_read(3); print("held", flush=True); sys.stdin.readline(); os.eventfd_write(3, 1)';
  const child = spawnWith(semaphore, 'python3', '-c', program);
  await once(child.stdout, 'data');
  expect(semaphore.tryAcquire()).toBeUndefined();
  const permit = semaphore.acquire();
  child.stdin.write('release\n');
  (await permit).release();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('what it is made from is checked', () => {
  using counter = new EventFd();
  const code = (code: string) => expect.objectContaining({ code });
  expect(() => new FdSemaphore(7 as never)).toThrow(code('ERR_INVALID_ARG_TYPE'));
  expect(() => new FdSemaphore(counter)).toThrow(code('ERR_INVALID_ARG_VALUE'));
  expect(() => FdSemaphore.from({} as never)).toThrow(InvalidHandleError);
  expect(() => FdSemaphore.from(undefined as never)).toThrow(InvalidHandleError);
  expect(() => FdSemaphore.from(structuredClone({ eventfd: counter }) as never)).toThrow(code('ERR_INVALID_ARG_VALUE'));
});

test('closing the eventfd ends its waits', async () => {
  const semaphore = semaphoreOf(0);
  const wait = semaphore.acquire();
  semaphore.eventfd.close();
  await expect(wait).rejects.toMatchObject({ code: 'ERR_EVENTFD_CLOSED' });
  expect(() => semaphore.tryAcquire()).toThrow(expect.objectContaining({ code: 'ERR_EVENTFD_CLOSED' }));
});
