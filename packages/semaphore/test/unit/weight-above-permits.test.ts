import { Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { Peer } from '../support/peer.js';

const refused = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });

describe.each([
  ['default', {}],
  ['fair', { fair: true }],
])('%s', (_, options) => {
  test('a wait for more permits than there are is refused, and stops nobody', async () => {
    const semaphore = new Semaphore(2, { ...options, name: 'small' });
    const held = semaphore.acquireSync({ permits: 2 });
    expect(() => semaphore.acquireSync({ permits: 3, timeout: 0 })).toThrow(refused);
    expect(() => semaphore.runSync(() => 'never', { permits: 3, timeout: 0 })).toThrow(refused);
    await expect(semaphore.run(() => 'never', { permits: 3, timeout: 1 })).rejects.toEqual(refused);
    await expect(semaphore.acquire({ permits: 3, timeout: 1 })).rejects.toThrow(
      /"options.permits".*2 permits of Semaphore "small".*Received 3/,
    );
    expect(semaphore.waiting).toBe(0);
    const next = semaphore.acquire();
    held.release();
    (await within('the next', next, semaphore)).release();
    expect(semaphore.available).toBe(2);
  });

  test('tryAcquire does not wait: so many are not to be had', () => {
    const semaphore = new Semaphore(2, options);
    expect(semaphore.tryAcquire(3)).toBeUndefined();
    expect(semaphore.tryAcquire(2)?.count).toBe(2);
  });

  test('a wait for one waits, although there is none: nobody else could be served', async () => {
    const semaphore = new Semaphore(0, options);
    const waits = [semaphore.acquire(), semaphore.acquire({ permits: 1 })];
    semaphore.grow(2);
    expect(await within('both', Promise.all(waits), semaphore)).toHaveLength(2);
  });

  test('where max was given, however small, they may be added: up to it one waits', async () => {
    const semaphore = new Semaphore(2, { ...options, max: 3 });
    const three = semaphore.acquire({ permits: 3 });
    expect(semaphore.waiting).toBe(1);
    semaphore.grow(1);
    expect((await within('the wait', three, semaphore)).count).toBe(3);
    await expect(semaphore.acquire({ permits: 4 })).rejects.toThrow(/the max of Semaphore, 3.*Received 4/);
  });

  test('what grow added counts, and what shrink and forget took away does not', async () => {
    const semaphore = new Semaphore(2, options);
    semaphore.grow(1);
    const three = semaphore.acquireSync({ permits: 3 });
    three.split(1).forget();
    await expect(semaphore.acquire({ permits: 3 })).rejects.toEqual(refused);
    three.release();
    semaphore.shrink(1);
    await expect(semaphore.acquire({ permits: 2 })).rejects.toEqual(refused);
    expect(semaphore.acquireSync().count).toBe(1);
  });

  test('one that waits already keeps its place when permits are taken away, until they are added again', async () => {
    const semaphore = new Semaphore(3, options);
    const held = semaphore.acquireSync();
    const three = semaphore.acquire({ permits: 3 });
    semaphore.shrink(1);
    held.release();
    const behind = semaphore.acquire();
    expect([semaphore.available, semaphore.waiting]).toEqual([2, 2]);
    semaphore.grow(1);
    (await within('the wait', three, semaphore)).release();
    (await within('who stood behind it', behind, semaphore)).release();
    expect(semaphore.available).toBe(3);
  });

  test('or gives up, which serves who stands behind it', async () => {
    const semaphore = new Semaphore(3, options);
    const held = semaphore.acquireSync();
    const abort = new AbortController();
    const three = semaphore.acquire({ permits: 3, signal: abort.signal });
    semaphore.shrink(1);
    held.release();
    const behind = semaphore.acquire();
    abort.abort('enough');
    await expect(three).rejects.toBe('enough');
    await within('who stood behind it', behind, semaphore);
  });
});

test('it is the object that knows, also in a thread that attached it', async () => {
  for (const [max, code] of [
    [undefined, 'ERR_OUT_OF_RANGE'],
    [9, 'ERR_TIMEOUT'],
  ] as const) {
    const peer = await Peer.start(new Semaphore(2, { max }));
    for (const method of ['acquire', 'acquireSync']) {
      await expect(peer.call(method, { permits: 3, timeout: 5 })).rejects.toMatchObject({ code });
    }
    await peer.terminate();
  }
});

test('closed or disposed, it is closed, whatever is asked of it', async () => {
  const semaphore = new Semaphore(2);
  semaphore.close();
  await expect(semaphore.acquire({ permits: 3 })).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
  semaphore[Symbol.dispose]();
  await expect(semaphore.acquire({ permits: 3 })).rejects.toMatchObject({ code: 'ERR_SEMAPHORE_CLOSED' });
});
