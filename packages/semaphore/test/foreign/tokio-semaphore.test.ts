/**
 * The rules of tokio's own tests for tokio::sync::Semaphore, in tests of our own.
 *
 * Source: tokio-rs/tokio (1.53.1), tokio/tests/sync_semaphore.rs and sync_semaphore_owned.rs at ea91b33ca57f, under MIT. Their
 * rules were read, no text was taken.
 *
 * `add_permits` is `grow` here, `forget_permits` is `shrink`, `blocking_acquire` is `acquireSync`, and a permit that is
 * dropped is one whose `using` block ends. What is owned there (`acquire_owned`) is what every Permit is here, so the tests
 * for it are the same.
 *
 * | there | here |
 * |---|---|
 * | no_permits | a semaphore of none can be made |
 * | try_acquire | a permit comes back at the end of its block |
 * | acquire | a wait takes the permit that is given back |
 * | add_permits | a wait takes the permit that is added |
 * | add_permits_open, add_permits_closed | so many more are available, closed or not. To add 0 is refused |
 * | forget | a permit that is forgotten does not come back |
 * | forget_open, forget_closed | so many fewer are available, closed or not. There no more than are free; here, with nobody holding any, more is refused, and so is 0 |
 * | merge, merge_unrelated_permits | what was merged comes back at once; permits of another semaphore are refused |
 * | split | what was split off comes back by itself. There any part; here each must be left with one at least |
 * | stress_test | of 1,000 tasks each has its permit, and all are there at the end |
 * | add_max_amount_permits, add_more_than_max_amount_permits1 and 2, panic_when_exceeds_maxpermits, no_panic_at_maxpermits | up to the maximum and no further, by RangeError instead of a panic |
 * | blocking_acquire, _many, _owned, _many_owned | acquireSync takes permits, and they come back |
 * | blocking_acquire_waits_for_permit | another thread is blocked until a permit is added |
 * | blocking_acquire_closed | closed, it gives no permit, any way |
 * | blocking_acquire_in_async_context (4) | there it must panic; here it is had within an async function too, whose loop it blocks, as its documentation says |
 * | owned: try_acquire_many | permits are had as many as are left |
 * | owned: acquire_many | what is free goes to a wait for less, and a wait for more goes on when enough came back |
 * | owned: the others | the same as above |
 */
import { Semaphore } from '@eventfd/semaphore';
import { describe, expect, test } from 'vitest';
import { within } from '../support/deadline.js';
import { closed, outOfRange } from '../support/errors.js';
import { queued } from '../support/fill.js';
import { isPending } from '../support/pending.js';
import { Puppet } from '../support/puppet.js';

const MAX_PERMITS = 2 ** 29 - 1;
const upTo3 = [0, 1, 2, 3];
const pairs = upTo3.flatMap((size) => upTo3.map((count) => ({ size, count })));

test('a semaphore of none can be made', () => {
  expect(new Semaphore(0).available).toBe(0);
});

test('a permit comes back at the end of its block', () => {
  const semaphore = new Semaphore(1);
  {
    using first = semaphore.tryAcquire();
    expect(first?.count).toBe(1);
    expect(semaphore.tryAcquire()).toBeUndefined();
  }
  expect(semaphore.tryAcquire()?.count).toBe(1);
});

describe('a wait goes on', () => {
  test('with the permit that is given back', async () => {
    const semaphore = new Semaphore(1);
    const held = semaphore.tryAcquire();
    const wait = semaphore.acquire();
    expect(await isPending(wait)).toBe(true);
    held?.release();
    (await within('the wait', wait, semaphore)).release();
    expect(semaphore.available).toBe(1);
  });

  test('with the permit that is added', async () => {
    const semaphore = new Semaphore(0);
    const wait = semaphore.acquire();
    semaphore.grow(1);
    (await within('the wait', wait, semaphore)).release();
    expect(semaphore.available).toBe(1);
  });

  test('in another thread that is blocked', async () => {
    const semaphore = new Semaphore(0);
    const puppet = await Puppet.start({ semaphore });
    const taken = puppet.run(({ semaphore }) => {
      const permit = semaphore.acquireSync();
      const { count } = permit;
      permit.release();
      return count;
    });
    await queued(semaphore, 1);
    semaphore.grow(1);
    expect(await within('the other thread', taken, semaphore)).toBe(1);
    expect(semaphore.available).toBe(1);
    await puppet.terminate();
  });
});

describe.each([
  ['open', false],
  ['closed', true],
])('%s', (_, isClosed) => {
  function make(size: number): Semaphore {
    const semaphore = new Semaphore(size);
    if (isClosed) semaphore.close();
    return semaphore;
  }

  test.each(pairs)('of $size, $count more', ({ size, count }) => {
    const semaphore = make(size);
    if (count === 0) expect(() => semaphore.grow(count)).toThrow(outOfRange('permits', 0));
    else semaphore.grow(count);
    expect([semaphore.available, semaphore.closed]).toEqual([size + count, isClosed]);
  });

  test.each(pairs)('of $size, $count fewer', ({ size, count }) => {
    const semaphore = make(size);
    const possible = count > 0 && count <= size;
    if (possible) semaphore.shrink(count);
    else expect(() => semaphore.shrink(count)).toThrow(outOfRange('permits', count));
    expect([semaphore.available, semaphore.closed]).toEqual([possible ? size - count : size, isClosed]);
  });
});

test('a permit that is forgotten does not come back', () => {
  const semaphore = new Semaphore(1);
  {
    using permit = semaphore.tryAcquire();
    expect(semaphore.available).toBe(0);
    permit?.forget();
    expect(semaphore.available).toBe(0);
  }
  expect([semaphore.available, semaphore.tryAcquire()]).toEqual([0, undefined]);
});

test('what was merged comes back at once', () => {
  const semaphore = new Semaphore(3);
  {
    using all = semaphore.acquireSync();
    expect(semaphore.available).toBe(2);
    const two = semaphore.acquireSync({ permits: 2 });
    all.merge(two);
    expect([semaphore.available, all.count, two.count]).toEqual([0, 3, 0]);
    two.release();
    expect(semaphore.available).toBe(0);
  }
  expect(semaphore.available).toBe(3);
});

test('permits of another semaphore are not merged', () => {
  const semaphores = [new Semaphore(3), new Semaphore(3)] as const;
  const [mine, other] = [semaphores[0].acquireSync(), semaphores[1].acquireSync()];
  expect(() => mine.merge(other)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  expect([mine.count, other.count, semaphores[0].available, semaphores[1].available]).toEqual([1, 1, 2, 2]);
});

test('what was split off comes back by itself', () => {
  const semaphore = new Semaphore(5);
  const first = semaphore.acquireSync({ permits: 3 });
  const second = first.split(1);
  expect([semaphore.available, first.count, second.count]).toEqual([2, 2, 1]);
  for (const count of [0, 2, 3]) expect(() => first.split(count)).toThrow(outOfRange('count', count));
  expect(() => second.split(1)).toThrow(outOfRange('count', 1));
  expect([semaphore.available, first.count, second.count]).toEqual([2, 2, 1]);
  first.release();
  expect(semaphore.available).toBe(4);
  expect(() => first.split(1)).toThrow(outOfRange('count', 1));
  second.release();
  expect(semaphore.available).toBe(5);
});

test('of 1,000 tasks each has its permit, and all are there at the end', async () => {
  const semaphore = new Semaphore(5);
  let [inside, most, done] = [0, 0, 0];
  const task = async () => {
    using _permit = await semaphore.acquire();
    most = Math.max(most, ++inside);
    await null;
    inside--;
    done++;
  };
  await within('all tasks', Promise.all(Array.from({ length: 1000 }, task)), semaphore);
  expect([done, most, semaphore.available]).toEqual([1000, 5, 5]);
  const all = Array.from({ length: 5 }, () => semaphore.tryAcquire()?.count);
  expect([all, semaphore.tryAcquire()]).toEqual([[1, 1, 1, 1, 1], undefined]);
});

test('up to the maximum and no further', () => {
  const fromNone = new Semaphore(0);
  fromNone.grow(MAX_PERMITS);
  expect(fromNone.available).toBe(MAX_PERMITS);

  const fromOne = new Semaphore(1);
  expect(() => fromOne.grow(MAX_PERMITS)).toThrow(outOfRange('permits', MAX_PERMITS));
  expect(fromOne.available).toBe(1);

  const almost = new Semaphore(MAX_PERMITS - 1);
  almost.grow(1);
  expect(() => almost.grow(1)).toThrow(outOfRange('permits', 1));
  expect(almost.available).toBe(MAX_PERMITS);

  expect(new Semaphore(MAX_PERMITS).available).toBe(MAX_PERMITS);
  expect(() => new Semaphore(MAX_PERMITS + 1)).toThrow(outOfRange('permits', MAX_PERMITS + 1));
});

test.each([
  { there: 1, permits: 1 },
  { there: 5, permits: 3 },
])('acquireSync takes $permits of $there, in an async function too, and they come back', async ({ there, permits }) => {
  const semaphore = new Semaphore(there);
  const inside = () => {
    using _permit = semaphore.acquireSync({ permits });
    return semaphore.available;
  };
  expect(inside()).toBe(there - permits);
  expect(semaphore.available).toBe(there);
  expect(await (async () => inside())()).toBe(there - permits);
  expect(semaphore.available).toBe(there);
});

test('closed, it gives no permit, any way', async () => {
  const semaphore = new Semaphore(1);
  semaphore.close();
  for (const permits of [1, 2]) {
    expect(() => semaphore.tryAcquire(permits)).toThrow(closed);
    expect(() => semaphore.acquireSync({ permits })).toThrow(closed);
    await expect(semaphore.acquire({ permits })).rejects.toThrow(closed);
  }
});

test('permits are had as many as are left', () => {
  const semaphore = new Semaphore(42);
  {
    using all = semaphore.tryAcquire(42);
    expect([all?.count, semaphore.tryAcquire()]).toEqual([42, undefined]);
  }
  expect([semaphore.tryAcquire(32)?.count, semaphore.tryAcquire(10)?.count]).toEqual([32, 10]);
  expect(semaphore.tryAcquire()).toBeUndefined();
});

test('a wait for less takes what is free, and a wait for more goes on when enough came back', async () => {
  const semaphore = new Semaphore(42);
  const most = semaphore.tryAcquire(32);
  using _some = await within('what is free', semaphore.acquire({ permits: 10 }), semaphore);
  const more = semaphore.acquire({ permits: 32 });
  expect(await isPending(more)).toBe(true);
  most?.release();
  expect((await within('what came back', more, semaphore)).count).toBe(32);
});
