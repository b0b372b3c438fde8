import { getEventListeners } from 'node:events';
import { Semaphore } from '@eventfd/semaphore';
import { expect, test } from 'vitest';
import { within } from '../support/deadline.js';

test('a signal that has aborted already rejects with its reason, although permits are free', async () => {
  const semaphore = new Semaphore(1);
  const reason = { any: 'thing' };
  await expect(semaphore.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(semaphore.run(() => 1, { signal: AbortSignal.abort() })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  );
  expect(semaphore.available).toBe(1);
});

test('many waits on one signal add one listener to it, and no warning', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const semaphore = new Semaphore(0);
  const abort = new AbortController();
  const waits = Array.from({ length: 100 }, () => semaphore.acquire({ signal: abort.signal }));
  expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
  expect(semaphore.waiting).toBe(100);
  abort.abort('enough');
  expect(semaphore.waiting).toBe(0);
  const settled = await Promise.allSettled(waits);
  expect(settled).toEqual(waits.map(() => ({ status: 'rejected', reason: 'enough' })));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

test('waits that come and go on one signal do not pile up on it', async () => {
  const semaphore = new Semaphore(0);
  const abort = new AbortController();
  for (let i = 0; i < 20; i++) {
    const wait = semaphore.acquire({ signal: abort.signal });
    semaphore.grow(1);
    await wait;
  }
  expect(getEventListeners(abort.signal, 'abort').length).toBe(0);
  const last = semaphore.acquire({ signal: abort.signal });
  abort.abort('last');
  await expect(last).rejects.toBe('last');
});

test('AbortSignal.timeout and AbortSignal.any end a wait', async () => {
  const semaphore = new Semaphore(0);
  const wait = semaphore.acquire({ signal: AbortSignal.timeout(5) });
  await expect(within('the wait', wait, semaphore)).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
  const abort = new AbortController();
  const any = semaphore.acquire({ signal: AbortSignal.any([abort.signal, AbortSignal.timeout(60_000)]) });
  abort.abort('any');
  await expect(any).rejects.toBe('any');
  expect(semaphore.waiting).toBe(0);
});

test('whichever comes first of signal and timeout is what the wait ends with', async () => {
  const semaphore = new Semaphore(0);
  const abort = new AbortController();
  const timesOut = semaphore.acquire({ signal: abort.signal, timeout: 5 });
  await expect(timesOut).rejects.toThrow(expect.objectContaining({ code: 'ERR_TIMEOUT' }));
  const aborted = semaphore.acquire({ signal: abort.signal, timeout: 60_000 });
  abort.abort('first');
  await expect(aborted).rejects.toBe('first');
});

test('a listener of the same signal that acquires again is not mixed up with the waits that end', async () => {
  const semaphore = new Semaphore(0);
  const abort = new AbortController();
  let again: Promise<unknown> | undefined;
  abort.signal.addEventListener('abort', () => {
    again = semaphore.acquire();
  });
  const wait = semaphore.acquire({ signal: abort.signal });
  abort.abort('end');
  await expect(wait).rejects.toBe('end');
  expect(semaphore.waiting).toBe(1);
  semaphore.grow(1);
  await within('the wait begun by a listener', again as Promise<unknown>, semaphore);
});
